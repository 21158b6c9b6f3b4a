using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>What is wrong with a request is said at once; what only shows as resources are made fails the stack.</summary>
public sealed class TemplateRuleTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Topic = "Resources: {Topic: {Type: AWS::SNS::Topic}}";

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html, .../UserGuide/intrinsic-function-reference.html
    [Theory]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref B}}, B: {Type: AWS::SNS::Topic, DependsOn: A}, C: {Type: AWS::SNS::Topic, DependsOn: A}}", "Circular dependency between resources: [A, B]")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, DependsOn: B}}", "Template format error: Unresolved resource dependencies [B] in the Resources block of the template")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '${B}'}}}", "Template format error: Unresolved resource dependencies [B] in the Resources block of the template")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: !Ref B}}", "Template format error: Unresolved resource dependencies [B] in the Outputs block of the template")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt B.Arn}}}", "Template error: instance of Fn::GetAtt references undefined resource B")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: !GetAtt A.Colour}}", "Template error: resource A does not support attribute type Colour in Fn::GetAtt")]
    [InlineData("Resources: {A: {Type: AWS::Nowhere::Thing}}", "Template format error: Unrecognized resource types: [AWS::Nowhere::Thing]")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, Condition: C}}", "Template format error: Unresolved condition dependency C in the Resources block of the template")]
    [InlineData("Conditions: {C: !Equals [!Ref A, x]}\nResources: {A: {Type: AWS::SNS::Topic}}", "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Nothing x}}}", "Template format error: YAML not well-formed. Unknown tag !Nothing")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: {'Fn::Lenght': [a]}}}}", "Template format error: Encountered unsupported function: Fn::Lenght Supported functions are: [Fn::And")]
    [InlineData("Resources: {A: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {'Fn::Length': [a]}}}}", "Template format error: Encountered unsupported function: Fn::Length Supported functions are: [Fn::And")]
    [InlineData("Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:ssm-secure:secret:1}}'}}}", "SSM Secure reference is not supported in: [AWS::SNS::Topic/Properties/DisplayName]")]
    [InlineData("Resources: {A: {Properties: {}}}", "Template format error: [/Resources/A] Every Resources object must contain a Type member.")]
    [InlineData("Parameters: {P: {Default: x}}\nResources: {A: {Type: AWS::SNS::Topic}}", "Template format error: [/Parameters/P] Every Parameters object must contain a Type member.")]
    [InlineData("Resources: {}", "Template format error: At least one Resources member must be defined.")]
    public async Task A_template_that_cannot_work_is_refused_at_once(string template, string message)
    {
        var error = await RefusedAsync(new CreateStackRequest { StackName = CloudFixture.NewName(), TemplateBody = template });

        Assert.Equal("ValidationError", error.ErrorCode);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    [Theory]
    [InlineData("{Type: String}", null, "Parameters: [P] must have values")]
    [InlineData("{Type: String, AllowedValues: [a, b]}", "c", "Parameter 'P' must be one of AllowedValues")]
    [InlineData("{Type: String, AllowedPattern: '[a-z]+'}", "a1", "Parameter 'P' must match pattern [a-z]+")]
    [InlineData("{Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: only letters}", "a1", "Parameter P failed to satisfy constraint: only letters")]
    [InlineData("{Type: String, MinLength: 3}", "ab", "Parameter 'P' must contain at least 3 characters")]
    [InlineData("{Type: String, MaxLength: 3}", "abcd", "Parameter 'P' must contain at most 3 characters")]
    [InlineData("{Type: Number}", "many", "Parameter 'P' must be a number")]
    [InlineData("{Type: Number, MinValue: 2}", "1", "Parameter 'P' must be a number not less than 2")]
    [InlineData("{Type: List<Number>, MaxValue: 2}", "1,3", "Parameter 'P' must be a number not greater than 2")]
    [InlineData("{Type: AWS::SSM::Parameter::Value<String>}", "/not/there", "Unable to fetch parameters [/not/there] from parameter store for this account.")]
    public async Task A_value_against_its_parameters_rule_is_refused(string declaration, string? value, string message)
    {
        var error = await RefusedAsync(new CreateStackRequest
        {
            StackName = CloudFixture.NewName(),
            TemplateBody = $"Parameters: {{P: {declaration}}}\n{Topic}",
            Parameters = value is null ? [] : [new Parameter { ParameterKey = "P", ParameterValue = value }],
        });

        Assert.Equal(("ValidationError", message), (error.ErrorCode, error.Message));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    [Fact]
    public async Task A_request_is_refused_for_unknown_parameters_missing_capabilities_and_names_that_are_taken_or_none()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Topic);

        var unknown = await RefusedAsync(new CreateStackRequest { StackName = CloudFixture.NewName(), TemplateBody = Topic, Parameters = [new() { ParameterKey = "Q", ParameterValue = "1" }] });
        var role = await RefusedAsync(new CreateStackRequest { StackName = CloudFixture.NewName(), TemplateBody = "Resources: {Role: {Type: AWS::IAM::Role, Properties: {RoleName: web, AssumeRolePolicyDocument: {}}}}", Capabilities = ["CAPABILITY_IAM"] });
        var taken = await RefusedAsync(new CreateStackRequest { StackName = name, TemplateBody = Topic });
        var wrong = await RefusedAsync(new CreateStackRequest { StackName = "1_a", TemplateBody = Topic });
        var nothing = await RefusedAsync(new CreateStackRequest { StackName = CloudFixture.NewName() });

        Assert.Equal("Parameters: [Q] do not exist in the template", unknown.Message);
        Assert.Equal(("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]"), (role.ErrorCode, role.Message));
        Assert.Equal(("AlreadyExistsException", $"Stack [{name}] already exists"), (taken.ErrorCode, taken.Message));
        Assert.Equal("ValidationError", wrong.ErrorCode);
        Assert.Equal("Either Template URL or Template Body must be specified.", nothing.Message);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
    [Fact]
    public async Task An_export_is_there_once_and_stays_while_it_is_imported()
    {
        var (exporting, importing, export) = (CloudFixture.NewName(), CloudFixture.NewName(), "export-" + Guid.NewGuid().ToString("N"));
        var exports = $"{Topic}\nOutputs: {{Name: {{Value: !GetAtt Topic.TopicName, Export: {{Name: {export}}}}}}}";
        var imports = "Resources: {Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !ImportValue " + export + "}}}";
        var early = await cloud.CreateAsync(importing + "a", imports);
        var first = await cloud.CreateAsync(exporting, exports);
        await cloud.CreateAsync(importing, imports);
        var second = await cloud.CreateAsync(CloudFixture.NewName(), exports);
        var users = await cloud.CloudFormation.ListImportsAsync(new ListImportsRequest { ExportName = export }, CloudFixture.Within());
        var deletion = await cloud.DeleteAsync(first.StackId);

        Assert.Equal("ROLLBACK_COMPLETE", early.StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(importing + "a"), e => e.ResourceStatusReason?.StartsWith($"No export named {export} found.", StringComparison.Ordinal) == true);
        Assert.Equal("ROLLBACK_COMPLETE", second.StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(second.StackId), e => e.ResourceStatusReason == $"Export with name {export} is already exported by stack {exporting}. Rollback requested by user.");
        Assert.Equal([importing], users.Imports);
        Assert.Equal(("DELETE_FAILED", $"Delete canceled. Cannot delete export {export} as it is in use by {importing}."), (deletion.StackStatus.Value, deletion.StackStatusReason));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
    [Theory]
    [InlineData("!Join ['-', [a, !Ref Words, 1]]", "a-one,two-1")]
    [InlineData("!Select [1, !Split [',', !Ref Words]]", "two")]
    [InlineData("!Select [1, !Ref Listed]", "b")]
    [InlineData("!Sub ['${A}/${AWS::Region}/${!B}', {A: !Select [0, !Ref Listed]}]", "a/us-east-1/${B}")]
    [InlineData("!FindInMap [Map, !Ref AWS::Region, Key]", "found")]
    [InlineData("!If [IsOne, yes, no]", "yes")]
    [InlineData("!If [IsBoth, yes, no]", "no")]
    [InlineData("!Base64 text", "dGV4dA==")]
    [InlineData("!Join [' ', !Cidr [10.0.0.0/16, 3, 8]]", "10.0.0.0/24 10.0.1.0/24 10.0.2.0/24")]
    [InlineData("!Join [' ', !GetAZs eu-west-1]", "eu-west-1a eu-west-1b eu-west-1c")]
    [InlineData("{'Fn::Length': !Ref Listed}", "2")]
    [InlineData("{'Fn::ToJsonString': {Port: 80, Name: !Ref AWS::Partition, Left: !Ref AWS::NoValue}}", "{\"Port\":80,\"Name\":\"aws\"}")]
    public async Task A_function_gives_what_its_page_says(string function, string value)
    {
        var template = $$"""
            Transform: AWS::LanguageExtensions
            Parameters: {Words: {Type: String, Default: "one,two"}, Listed: {Type: CommaDelimitedList, Default: "a, b"} }
            Mappings: {Map: {us-east-1: {Key: found} } }
            Conditions: {IsOne: !Equals [!Ref Words, "one,two"], IsBoth: !And [!Condition IsOne, !Not [!Condition IsOne]]}
            Resources: {Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {{function}} } } }
            Outputs: {Value: {Value: !GetAtt Text.Value} }
            """;

        var stack = await cloud.CreateAsync(CloudFixture.NewName(), template);

        Assert.Equal(("CREATE_COMPLETE", value), (stack.StackStatus.Value, stack.Outputs.SingleOrDefault()?.OutputValue));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html, .../using-cfn-protect-stacks.html,
    // .../TemplateReference/aws-attribute-deletionpolicy.html
    [Fact]
    public async Task What_is_protected_stays()
    {
        const string template = "Parameters: {W: {Type: String}}\nResources: {Text: {Type: AWS::SSM::Parameter, DeletionPolicy: Retain, Properties: {Type: String, Value: !Ref W}}}";
        var name = CloudFixture.NewName();
        var stack = await cloud.CreateAsync(name, template, ("W", "one"));
        await cloud.CloudFormation.SetStackPolicyAsync(
            new SetStackPolicyRequest { StackName = name, StackPolicyBody = "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"Update:*\", \"Principal\": \"*\", \"Resource\": \"LogicalResourceId/Text\"}]}" }, CloudFixture.Within());
        var denied = await cloud.UpdateAsync(name, template, ("W", "two"));
        await cloud.CloudFormation.UpdateTerminationProtectionAsync(new UpdateTerminationProtectionRequest { StackName = name, EnableTerminationProtection = true }, CloudFixture.Within());
        var guarded = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.DeleteAsync(stack.StackId));
        await cloud.CloudFormation.UpdateTerminationProtectionAsync(new UpdateTerminationProtectionRequest { StackName = name, EnableTerminationProtection = false }, CloudFixture.Within());
        var gone = await cloud.DeleteAsync(stack.StackId);

        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", denied.StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(stack.StackId), e => e.ResourceStatus == "UPDATE_FAILED" && e.ResourceStatusReason.StartsWith("Action denied by stack policy: ", StringComparison.Ordinal));
        Assert.Equal($"Stack [{name}] cannot be deleted while TerminationProtection is enabled", guarded.Message);
        Assert.Equal("DELETE_COMPLETE", gone.StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(stack.StackId), e => e.LogicalResourceId == "Text" && e.ResourceStatus == "DELETE_SKIPPED");
    }

    private Task<AmazonCloudFormationException> RefusedAsync(CreateStackRequest request) =>
        Assert.ThrowsAnyAsync<AmazonCloudFormationException>(() => cloud.CloudFormation.CreateStackAsync(request, CloudFixture.Within()));
}
