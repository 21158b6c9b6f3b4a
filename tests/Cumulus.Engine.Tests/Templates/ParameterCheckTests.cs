using Cumulus.Engine.Configuration;
using Cumulus.Engine.Templates;

namespace Cumulus.Engine.Tests.Templates;

public sealed class ParameterCheckTests
{
    [Theory]
    [InlineData("Type: Number", "3", null)]
    [InlineData("Type: Number", "3.5", null)]
    [InlineData("Type: Number", "three", "has to be a number, and is 'three'")]
    [InlineData("Type: Number, MinValue: 2, MaxValue: 4", "1", "has to be 2 or more, and is '1'")]
    [InlineData("Type: Number, MinValue: 2, MaxValue: 4", "5", "has to be 4 or less, and is '5'")]
    [InlineData("Type: List<Number>", "1, 2,x", "has to be a number, and is 'x'")]
    [InlineData("Type: String, AllowedValues: [small, large]", "large", null)]
    [InlineData("Type: String, AllowedValues: [small, large]", "lage", "has to be one of small, large, and is 'lage'. Did you mean 'large'?")]
    [InlineData("Type: CommaDelimitedList, AllowedValues: [a, b]", "a, b", null)]
    [InlineData("Type: CommaDelimitedList, AllowedPattern: '[a-z]'", "a,bb", "has to match [a-z], and is 'bb'")]
    [InlineData("Type: String, AllowedPattern: 'a|b'", "ab", "has to match a|b, and is 'ab'")]
    [InlineData("Type: String, AllowedPattern: '(?<!'", "anything", null)]
    [InlineData("Type: String, MinLength: 3", "ab", "has to have 3 characters or more")]
    [InlineData("Type: String, MaxLength: 1", "ab", "has to have 1 characters or fewer")]
    [InlineData("Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: letters only", "A", "has to match [a-z]+, and is 'A' (letters only)")]
    [InlineData("Type: String, NoEcho: true, AllowedPattern: '[a-z]+'", "S3CRET", "has to match [a-z]+.")]
    [InlineData("Type: AWS::EC2::VPC::Id", "vpc-0123456789abcdef0", null)]
    [InlineData("Type: AWS::EC2::VPC::Id", "subnet-12345678", "has to be an id of the type AWS::EC2::VPC::Id, such as vpc-a123baa3, and is 'subnet-12345678'")]
    [InlineData("Type: 'List<AWS::EC2::Subnet::Id>'", "subnet-12345678,sg-12345678", "has to be an id of the type AWS::EC2::Subnet::Id, such as subnet-123a351e, and is 'sg-12345678'")]
    [InlineData("Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>'", "/aws/ami", null)]
    [InlineData("Type: Number", "{{resolve:ssm:count}}", null)]
    [InlineData("Type: Something::New", "x", null)]
    public void Values_are_judged_as_CloudFormation_would(string declaration, string value, string? problem)
    {
        DeclaredParameter parameter = TemplateReader.Read($"Parameters: {{ P: {{ {declaration} }} }}").Parameters[0];

        string? found = ParameterCheck.Problem(parameter, value)?.Message;

        if (problem is null) Assert.Null(found);
        else Assert.StartsWith($"The parameter 'P' {problem}", found, StringComparison.Ordinal);
        Assert.DoesNotContain("S3CRET", found ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_and_missing_parameters_are_found_without_any_call()
    {
        var stack = new StackDefinition
        {
            Name = "web",
            Template = "t",
            SourceFile = "c",
            Parameters = [new("Siez", "1"), new("Known", "x")],
            LinkedParameters = [new("Linked", new LinkedValue([])), new("Nowhere", new LinkedValue([]))],
        };
        TemplateDocument template = TemplateReader.Read("Parameters: { Size: { Type: String }, Known: { Type: String }, Linked: { Type: Number }, Asked: { Type: String }, HasDefault: { Type: String, Default: '' }, CumulusVersion: { Type: String } }");

        Assert.Equal(
            [
                new ParameterProblem("Siez", "The template declares no parameter 'Siez'. Did you mean 'Size'?", "Size"),
                new ParameterProblem("Nowhere", "The template declares no parameter 'Nowhere'."),
                new ParameterProblem("Size", "The template asks for the parameter 'Size', and it has no value."),
                new ParameterProblem("Asked", "The template asks for the parameter 'Asked', and it has no value."),
            ],
            ParameterCheck.Check(stack, template.Parameters, ["CumulusVersion"]));
    }
}
