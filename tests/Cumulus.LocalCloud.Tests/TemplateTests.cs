using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.S3.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>What the cloud says of templates that it makes nothing of.</summary>
public sealed class TemplateTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Yaml = """
        Description: One topic
        Parameters:
          Unused: {Type: String}
          Size: {Type: Number, Default: 3, Description: How many, AllowedValues: [1, 3]}
          Password: {Type: String, NoEcho: true}
        Resources:
          Topic:
            Type: AWS::SNS::Topic
            Properties: {DisplayName: !Sub "${Size}", TopicName: !Ref Size, KmsMasterKeyId: !GetAtt [Role, Arn]}
          Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
        """;

    [Fact]
    public async Task A_lawful_template_is_valid_and_its_parameters_are_told()
    {
        var answer = await cloud.CloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = Yaml }, CloudFixture.Within());

        Assert.Equal("One topic", answer.Description);
        Assert.Equal(
            [("Unused", null, false, null), ("Size", "3", false, "How many"), ("Password", null, true, null)],
            answer.Parameters.Select(p => (p.ParameterKey, (string?)p.DefaultValue, p.NoEcho ?? false, (string?)p.Description)));
        Assert.Equal(["CAPABILITY_IAM"], answer.Capabilities);
        Assert.Equal("The following resource(s) require capabilities: [AWS::IAM::Role]", answer.CapabilitiesReason);
    }

    [Theory]
    [InlineData("Resources:\n\tTopic: {}", "Template format error: YAML not well-formed. (line ")]
    [InlineData("{\"Resources\": {", "Template format error: YAML not well-formed. (line ")]
    [InlineData("Resources: {T: !<> {}}", "Template format error: YAML not well-formed. (line ")]
    [InlineData("a word", "Template format error: unsupported structure.")]
    [InlineData("Description: nothing", "Template format error: At least one Resources member must be defined.")]
    [InlineData("Resources: {}", "Template format error: At least one Resources member must be defined.")]
    [InlineData("Resources: {T: {Properties: {}}}", "Template format error: [/Resources/T] Every Resources object must contain a Type member.")]
    [InlineData("Parameters: {P: {}}\nResources: {T: {Type: AWS::SNS::Topic}}", "Template format error: [/Parameters/P] Every Parameters object must contain a Type member.")]
    [InlineData("Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref P, DisplayName: {Ref: Q}}}}", "Template format error: Unresolved resource dependencies [P, Q] in the Resources block of the template")]
    [InlineData("Resources: {T: &t {Type: AWS::SNS::Topic}, U: *t}", "Template error: YAML aliases are not allowed in CloudFormation templates")]
    public async Task What_is_wrong_with_a_template_is_said(string template, string message)
    {
        var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(
            () => cloud.CloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = template }, CloudFixture.Within()));

        Assert.Equal((HttpStatusCode.BadRequest, "ValidationError"), (error.StatusCode, error.ErrorCode));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_is_nested_too_deep_or_too_long_is_refused_and_the_cloud_lives_on()
    {
        foreach (var template in new[] { new string('[', 50_000), new string('{', 50_000), new string('x', 51_201) })
        {
            var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(
                () => cloud.CloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = template }, CloudFixture.Within()));
            Assert.Equal("ValidationError", error.ErrorCode);
        }
        await cloud.CloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = Yaml }, CloudFixture.Within());
    }

    [Fact]
    public async Task A_template_in_JSON_may_be_indented_with_tabs_and_is_taken_from_its_URL()
    {
        const string template = "{\n\t\"Resources\": {\n\t\t\"Role\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": {\"RoleName\": \"web\"}}\n\t}\n}";
        var bucket = $"templates-{Guid.NewGuid():N}";
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await cloud.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "stage/role.json", ContentBody = template }, CloudFixture.Within());

        foreach (var address in new[] { $"{cloud.Info.Endpoint}/{bucket}/stage/role.json", $"https://{bucket}.s3.us-east-1.amazonaws.com/stage/role.json" })
        {
            var answer = await cloud.CloudFormation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateURL = address }, CloudFixture.Within());
            Assert.Equal(["CAPABILITY_NAMED_IAM"], answer.Capabilities);
        }
        var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.ValidateTemplateAsync(
            new ValidateTemplateRequest { TemplateURL = $"{cloud.Info.Endpoint}/{bucket}/none" }, CloudFixture.Within()));
        Assert.Equal("ValidationError", error.ErrorCode);
        Assert.StartsWith("S3 error: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_client_reads_the_answers()
    {
        var stack = $"stack-{Guid.NewGuid():N}"[..20];
        await cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = stack, TemplateBody = "\"Resources\": {\"Topic\": {Type: AWS::SNS::Topic}}" }, CloudFixture.Within());

        var validated = JsonDocument.Parse(await cloud.AwsAsync("cloudformation", "validate-template", "--template-body", Yaml)).RootElement;
        var summary = JsonDocument.Parse(await cloud.AwsAsync("cloudformation", "get-template-summary", "--template-body", Yaml)).RootElement;
        var ofStack = JsonDocument.Parse(await cloud.AwsAsync("cloudformation", "get-template-summary", "--stack-name", stack)).RootElement;

        Assert.Equal(3, validated.GetProperty("Parameters").GetArrayLength());
        Assert.True(validated.GetProperty("Parameters")[2].GetProperty("NoEcho").GetBoolean());
        var size = summary.GetProperty("Parameters")[1];
        Assert.Equal(("Number", "3"), (size.GetProperty("ParameterType").GetString(), size.GetProperty("DefaultValue").GetString()));
        Assert.Equal(["1", "3"], size.GetProperty("ParameterConstraints").GetProperty("AllowedValues").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal(["AWS::SNS::Topic", "AWS::IAM::Role"], summary.GetProperty("ResourceTypes").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal("AWS::SNS::Topic", ofStack.GetProperty("ResourceTypes")[0].GetString());
    }

    [Fact]
    public async Task A_path_that_moto_does_not_have_is_named_too()
    {
        var complaint = await cloud.AwsFailureAsync("lambda", "get-account-settings");

        Assert.Contains("(NotImplemented) when calling the GetAccountSettings operation: LocalCloud cannot do lambda GET /2016-08-19/account-settings", complaint, StringComparison.Ordinal);
    }
}
