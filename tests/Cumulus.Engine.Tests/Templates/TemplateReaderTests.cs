using Cumulus.Engine.Templates;

namespace Cumulus.Engine.Tests.Templates;

public sealed class TemplateReaderTests
{
    private const string Yaml = """
        # network of the shop
        AWSTemplateFormatVersion: "2010-09-09"
        Parameters:
          Size: # how large
            Type: Number
            Default: 3
            MinValue: 1
            MaxValue: 10
          Secret: { Type: String, NoEcho: true, AllowedPattern: "[a-z]+", ConstraintDescription: letters, MinLength: 2, MaxLength: 8 }
          Kind: { Type: String, AllowedValues: [a, b, "3"] }
          Zones:
            Type: CommaDelimitedList
            Default: a,b
        Resources:
          Topic:
            Type: AWS::SNS::Topic
            Properties: { DisplayName: !Sub "${AWS::StackName}-x", Kind: !Ref Kind, Parts: !GetAtt [A, B] }
        Outputs:
          Arn: { Value: !Ref Topic }
        """;

    [Fact]
    public void A_template_tells_parameters_resources_and_outputs_short_forms_and_all_D35()
    {
        TemplateDocument template = TemplateReader.Read(Yaml);

        Assert.Equal(["Size", "Secret", "Kind", "Zones"], template.Parameters.Select(p => p.Name));
        Assert.Equal(("Number", "3", 1m, 10m, 4), (template.Parameters[0].Type, template.Parameters[0].Default, template.Parameters[0].MinValue, template.Parameters[0].MaxValue, template.Parameters[0].Line));
        Assert.Equal((true, "[a-z]+", "letters", 2m, 8m), (template.Parameters[1].NoEcho, template.Parameters[1].AllowedPattern, template.Parameters[1].ConstraintDescription, template.Parameters[1].MinLength, template.Parameters[1].MaxLength));
        Assert.Equal(["a", "b", "3"], template.Parameters[2].AllowedValues);
        Assert.Equal([new TemplateResource("Topic", "AWS::SNS::Topic")], template.Resources);
        Assert.Equal(["Arn"], template.Outputs);
        Assert.False(template.HasTransform);
    }

    [Fact]
    public void JSON_is_read_with_tabs_too()
    {
        TemplateDocument template = TemplateReader.Read("{\n\t\"Parameters\":\t{\n\t\t\"A\": { \"Type\": \"String\", \"Default\": \"x\\t\\\"\ty\" }\n\t},\n\t\"Transform\": \"AWS::Serverless-2016-10-31\", \"Resources\": {}\n}");

        Assert.Equal("x\t\"\ty", Assert.Single(template.Parameters).Default);
        Assert.True(template.HasTransform);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("- a", 1)]
    [InlineData("Parameters:\n  A: 1\n  A: 2\n", 3)]
    [InlineData("Parameters: [a]\n", 1)]
    [InlineData("a: [\n", 2)]
    [InlineData("a: 1\n---\nb: 2\n", 1)]
    [InlineData("!<>", 1)]
    public void What_is_no_template_is_told_with_its_line(string text, int line) =>
        Assert.Equal(line, Assert.Throws<TemplateFormatException>(() => TemplateReader.Read(text)).Line);

    [Fact]
    public void Only_plain_texts_are_files()
    {
        TemplateDocument template = TemplateReader.Read("""
            Transform: { Name: 'AWS::Include', Parameters: { Location: top.yml } }
            Resources:
              Local: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: sub/a.yml } }
              Url: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: https://s3.amazonaws.com/b/k } }
              Made: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: !Sub "https://${B}/k" } }
              Ref: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: { Ref: Address } } }
              Code: { Type: AWS::Lambda::Function, Properties: { Code: ./src } }
              Inline: { Type: AWS::Lambda::Function, Properties: { Code: { ZipFile: "exports.x = 1" } } }
              Job: { Type: AWS::Glue::Job, Properties: { Command: { ScriptLocation: job.py } } }
              Snippet:
                Fn::Transform: { Name: AWS::Include, Parameters: { Location: "snippets/x.yml" } }
              Other: { Type: AWS::S3::Bucket, Properties: { Code: ./src } }
            """);

        Assert.Equal(["top.yml", "sub/a.yml", "./src", "job.py", "snippets/x.yml"], template.References.Select(r => r.Path));
        Assert.Equal([1, 3, 7, 9, 11], template.References.Select(r => r.Line));
        Assert.Equal([ArtifactForm.S3Uri, ArtifactForm.TemplateUrl, ArtifactForm.S3BucketAndKey, ArtifactForm.S3Uri, ArtifactForm.S3Uri], template.References.Select(r => r.Form));
        Assert.All(template.References, r => Assert.Equal(r.Path, template.Text[r.Start..r.End].Trim('"')));
    }

    [Fact]
    public void A_rewritten_template_keeps_every_other_letter()
    {
        TemplateDocument template = TemplateReader.Read("# a\nResources:\n  S: # b\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: 'a.yml' # c\n      X: !Sub \"${A}\"\n  F: { Type: AWS::Lambda::Function, Properties: { Code: src } }\n");

        string text = TemplateRewriter.Rewrite(template, [new ArtifactAddress("b", "k", "https://s3/b/k"), new ArtifactAddress("b", "k\"2", "u")]);

        Assert.Equal(template.Text.Replace("'a.yml'", "\"https://s3/b/k\"", StringComparison.Ordinal).Replace("src", "{\"S3Bucket\": \"b\", \"S3Key\": \"k\\u00222\"}", StringComparison.Ordinal), text);
        Assert.Empty(TemplateReader.Read(text).References);
    }

    [Fact]
    public void JSON_stays_JSON_when_it_is_rewritten()
    {
        TemplateDocument template = TemplateReader.Read("{ \"Resources\": { \"F\": { \"Type\": \"AWS::Lambda::Function\", \"Properties\": { \"Code\": \"src\" } } } }");

        using var json = System.Text.Json.JsonDocument.Parse(TemplateRewriter.Rewrite(template, [new ArtifactAddress("b", "k", "u")]));

        Assert.Equal("k", json.RootElement.GetProperty("Resources").GetProperty("F").GetProperty("Properties").GetProperty("Code").GetProperty("S3Key").GetString());
    }
}
