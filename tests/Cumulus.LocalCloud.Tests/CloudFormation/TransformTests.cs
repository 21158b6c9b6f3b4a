using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>What a template is before it is one, and values that are elsewhere.</summary>
public sealed class TransformTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Loop = """
        Transform: AWS::LanguageExtensions
        Parameters: {Names: {Type: CommaDelimitedList, Default: "Orders,Invoices"}, Keep: {Type: String, Default: Delete} }
        Mappings: {Words: {Orders: {Text: o}, Invoices: {Text: i} } }
        Resources:
          Fn::ForEach::Topics:
          - Name
          - !Ref Names
          - Topic${Name}:
              Type: AWS::SNS::Topic
              DeletionPolicy: !Ref Keep
              Properties: {DisplayName: !Ref Name}
            Text${Name}:
              Type: AWS::SSM::Parameter
              Properties: {Type: String, Value: !Sub ["${W} ${T.TopicName}", {W: !FindInMap [Words, !Ref Name, Text], T.TopicName: !GetAtt ["Topic${Name}", TopicName]}]}
        Outputs:
          Fn::ForEach::Values:
          - Name
          - !Ref Names
          - Value${Name}: {Value: !Ref "Topic${Name}"}
        """;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
    [Fact]
    public async Task A_loop_becomes_resources_and_outputs_and_follows_its_parameter()
    {
        var name = CloudFixture.NewName();

        var created = await cloud.CreateAsync(name, Loop);
        var original = await cloud.CloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = name, TemplateStage = TemplateStage.Original }, CloudFixture.Within());
        var processed = await cloud.CloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = name, TemplateStage = TemplateStage.Processed }, CloudFixture.Within());
        await cloud.CloudFormation.UpdateStackAsync(new UpdateStackRequest
        {
            StackName = name, UsePreviousTemplate = true, Capabilities = ["CAPABILITY_AUTO_EXPAND"], Parameters = [new() { ParameterKey = "Names", ParameterValue = "Orders" }],
        }, CloudFixture.Within());
        var updated = await cloud.SettledAsync(name);

        Assert.Equal("CREATE_COMPLETE", created.StackStatus.Value);
        Assert.Equal(["ValueInvoices", "ValueOrders"], created.Outputs.Select(output => output.OutputKey).Order());
        Assert.Equal(Loop, original.TemplateBody);
        Assert.Contains("\"TopicOrders\"", processed.TemplateBody, StringComparison.Ordinal);
        Assert.DoesNotContain("Fn::ForEach", processed.TemplateBody, StringComparison.Ordinal);
        Assert.Equal(("UPDATE_COMPLETE", "ValueOrders"), (updated.StackStatus.Value, updated.Outputs.Single().OutputKey));
    }

    [Theory]
    [InlineData("Fn::ForEach::A: [X, [a], {'T${X}': {Type: AWS::SNS::Topic}}], Fn::ForEach::B: [Y, [b], {Fn::ForEach::C: [Z, [1, 2], {'Q&{Y}${Z}': {Type: AWS::SNS::Topic}}]}]", null)]
    [InlineData("Fn::ForEach::A: [X, [a]]", "Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect")]
    [InlineData("Fn::ForEach::A: [X, a, {'T${X}': {Type: AWS::SNS::Topic}}]", "Transform AWS::LanguageExtensions failed with: Fn::ForEach could not resolve the collection")]
    [InlineData("Fn::ForEach::A: [X, [a, b], {T: {Type: AWS::SNS::Topic}}]", "Transform AWS::LanguageExtensions failed with: Fn::ForEach makes T more than once")]
    public async Task A_loop_is_written_as_its_page_says(string resources, string? message)
    {
        var request = new CreateStackRequest { StackName = CloudFixture.NewName(), TemplateBody = $"Transform: AWS::LanguageExtensions\nResources: {{{resources}}}", Capabilities = ["CAPABILITY_AUTO_EXPAND"] };
        if (message is null)
        {
            await cloud.CloudFormation.CreateStackAsync(request, CloudFixture.Within());
            Assert.Equal("CREATE_COMPLETE", (await cloud.SettledAsync(request.StackName)).StackStatus.Value);
            return;
        }
        var error = await Assert.ThrowsAnyAsync<AmazonCloudFormationException>(() => cloud.CloudFormation.CreateStackAsync(request, CloudFixture.Within()));
        Assert.Equal("ValidationError", error.ErrorCode);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
    [Fact]
    public async Task A_snippet_is_included_where_it_is_called_and_in_the_whole_template()
    {
        var (name, bucket) = (CloudFixture.NewName(), $"snippets-{Guid.NewGuid():N}");
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await PutAsync(bucket, "properties.yml", "Type: String\nValue: included");
        await PutAsync(bucket, "more.json", """{"Resources": {"More": {"Type": "AWS::SNS::Topic"}}}""");
        var template = $$"""
            Transform: {Name: AWS::Include, Parameters: {Location: "s3://{{bucket}}/more.json"} }
            Parameters: {Bucket: {Type: String} }
            Resources:
              Text:
                Type: AWS::SSM::Parameter
                Properties: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: !Sub "s3://${Bucket}/properties.yml"} } }
            Outputs: {Value: {Value: !GetAtt Text.Value} }
            """;

        var stack = await cloud.CreateAsync(name, template, ("Bucket", bucket));
        var missing = await Assert.ThrowsAnyAsync<AmazonCloudFormationException>(() => cloud.CreateAsync(CloudFixture.NewName(), template.Replace("more.json", "none.json", StringComparison.Ordinal), ("Bucket", bucket)));

        Assert.Equal(("CREATE_COMPLETE", "included"), (stack.StackStatus.Value, stack.Outputs.Single().OutputValue));
        Assert.StartsWith("arn:aws:sns:", (await cloud.ResourceAsync(name, "More")).PhysicalResourceId, StringComparison.Ordinal);
        Assert.Equal("ValidationError", missing.ErrorCode);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (CAPABILITY_AUTO_EXPAND)
    [Fact]
    public async Task What_transforms_do_is_acknowledged_or_reviewed_and_others_are_refused_by_name()
    {
        var direct = await RefusedAsync(new CreateStackRequest { StackName = CloudFixture.NewName(), TemplateBody = Loop });
        var reviewed = await cloud.CreateSetAsync(new CreateChangeSetRequest { StackName = CloudFixture.NewName(), ChangeSetName = "set", ChangeSetType = ChangeSetType.CREATE, TemplateBody = Loop });
        var other = await RefusedAsync(new CreateStackRequest
        {
            StackName = CloudFixture.NewName(), Capabilities = ["CAPABILITY_AUTO_EXPAND"], TemplateBody = "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: AWS::Serverless::Function}}",
        });

        Assert.Equal(("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]"), (direct.ErrorCode, direct.Message));
        Assert.Equal(("CREATE_COMPLETE", 4), (reviewed.Status.Value, reviewed.Changes.Count));
        Assert.Equal(("NotImplemented", "LocalCloud does not do the transform AWS::Serverless-2016-10-31."), (other.ErrorCode, other.Message));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    [Fact]
    public async Task A_dynamic_reference_is_resolved_for_the_resource_and_nobody_else_sees_it()
    {
        var id = Guid.NewGuid().ToString("N");
        await cloud.AwsAsync("ssm", "put-parameter", "--name", "plain-" + id, "--type", "String", "--value", "one");
        await cloud.AwsAsync("ssm", "put-parameter", "--name", "plain-" + id, "--type", "String", "--value", "two", "--overwrite");
        await cloud.AwsAsync("secretsmanager", "create-secret", "--name", "secret-" + id, "--secret-string", """{"user": "admin", "password": "hidden"}""");
        var template = $$$"""
            Resources:
              Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: "{{resolve:ssm:plain-{{{id}}}:1}} {{resolve:ssm:plain-{{{id}}}}} {{resolve:secretsmanager:secret-{{{id}}}:SecretString:password}}"} }
              Base: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: "{{resolve:ssm-secure:plain-{{{id}}}:1}}"} }
            """;
        var name = CloudFixture.NewName();

        var stack = await cloud.CreateAsync(name, template);
        var value = await cloud.AwsAsync("ssm", "get-parameter", "--name", (await cloud.ResourceAsync(name, "Text")).PhysicalResourceId, "--query", "Parameter.Value", "--output", "text");
        var failed = await cloud.CreateAsync(CloudFixture.NewName(), template.Replace(":password", ":pasword", StringComparison.Ordinal));

        Assert.Equal("CREATE_COMPLETE", stack.StackStatus.Value);
        Assert.Equal("one two hidden", value.Trim());
        Assert.DoesNotContain(await cloud.EventsAsync(name), e => e.ResourceProperties?.Contains("hidden", StringComparison.Ordinal) == true);
        Assert.Equal("ROLLBACK_COMPLETE", failed.StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(failed.StackId), e => e.ResourceStatus == "CREATE_FAILED" && e.ResourceStatusReason.Contains("has no key pasword", StringComparison.Ordinal));
    }

    // https://docs.aws.amazon.com/cli/latest/reference/cloudformation/
    [Fact]
    public async Task A_foreign_client_asks_for_summary_cost_and_protection()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Loop);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Loop);

        var summary = await cloud.AwsAsync("cloudformation", "get-template-summary", "--stack-name", name, "--query", "[DeclaredTransforms[0],Capabilities[0],ResourceTypes[0]]", "--output", "text");
        var validation = await cloud.AwsAsync("cloudformation", "validate-template", "--template-body", $"file://{file}", "--query", "length(Parameters)");
        var cost = await cloud.AwsAsync("cloudformation", "estimate-template-cost", "--template-body", $"file://{file}", "--query", "Url", "--output", "text");
        await cloud.AwsAsync("cloudformation", "update-termination-protection", "--stack-name", name, "--enable-termination-protection");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => cloud.AwsAsync("cloudformation", "list-types"));

        File.Delete(file);
        Assert.Equal("AWS::LanguageExtensions\tCAPABILITY_AUTO_EXPAND\tAWS::SNS::Topic", summary.Trim());
        Assert.Equal("2", validation.Trim());
        Assert.StartsWith("http://calculator.s3.amazonaws.com/", cost, StringComparison.Ordinal);
        Assert.True((await cloud.SettledAsync(name)).EnableTerminationProtection);
        Assert.Contains("LocalCloud does not do cloudformation ListTypes", failure.Message, StringComparison.Ordinal);
    }

    private Task PutAsync(string bucket, string key, string text) =>
        cloud.S3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = key, ContentBody = text }, CloudFixture.Within());

    private Task<AmazonCloudFormationException> RefusedAsync(CreateStackRequest request) =>
        Assert.ThrowsAnyAsync<AmazonCloudFormationException>(() => cloud.CloudFormation.CreateStackAsync(request, CloudFixture.Within()));
}
