using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Tests.Environments;

public sealed class StackComparisonTests
{
    private static readonly TemplateParameter[] Declared = [new("Size", "small", false, null), new("Count", null, false, null)];

    private static readonly StackDescription Now = new(
        "s", "id", "UPDATE_COMPLETE", null, default, null, [Sample.Pair("Count", "2"), Sample.Pair("Size", "small")], [], [Sample.Pair("team", "web")]);

    private static readonly StackChange Change = new(
        "s", new TemplateSource(Sample.Template, null), [Sample.Pair("Count", "2")], [Sample.Pair("team", "web")], ["CAPABILITY_IAM"], false, null, "t");

    [Fact]
    public void Equal_template_parameters_and_tags_need_no_update_D38() => Assert.True(Same());

    [Fact]
    public void Line_endings_alone_are_no_change() => Assert.True(Same(body: Sample.Template.ReplaceLineEndings("\r\n")));

    [Fact]
    public void Another_template_is_a_change() => Assert.False(Same(body: Sample.Template + "  Three: {Type: AWS::SNS::Topic}\n"));

    [Fact]
    public void Another_parameter_is_a_change() => Assert.False(Same(change: Change with { Parameters = [Sample.Pair("Count", "3")] }));

    [Fact]
    public void A_parameter_that_falls_back_to_its_default_is_a_change() =>
        Assert.False(Same(now: Now with { Parameters = [Sample.Pair("Count", "2"), Sample.Pair("Size", "large")] }));

    [Fact]
    public void Another_tag_is_a_change() => Assert.False(Same(change: Change with { Tags = [Sample.Pair("team", "data")] }));

    [Fact]
    public void No_tags_of_our_own_leave_those_of_the_stack() => Assert.True(Same(change: Change with { Tags = [] }));

    [Fact]
    public void A_hidden_parameter_leaves_it_to_the_service() =>
        Assert.False(Same(declared: [Declared[0], Declared[1] with { NoEcho = true }]));

    [Theory]
    [InlineData("Transform: AWS::Serverless-2016-10-31\n")]
    [InlineData("  Nested: {Type: AWS::CloudFormation::Stack}\n")]
    [InlineData("# {{resolve:ssm:/a}}\n")]
    [InlineData("# AWS::SSM::Parameter::Value<String>\n")]
    public void A_template_that_draws_on_other_things_leaves_it_to_the_service(string line) =>
        Assert.False(Same(body: Sample.Template + line, change: Change with { Template = new TemplateSource(Sample.Template + line, null) }));

    [Fact]
    public void A_template_by_address_leaves_it_to_the_service() =>
        Assert.False(Same(change: Change with { Template = new TemplateSource(null, "https://bucket.s3.amazonaws.com/t") }));

    [Theory]
    [InlineData("UPDATE_ROLLBACK_COMPLETE")]
    [InlineData("UPDATE_FAILED")]
    public void After_a_failure_the_service_decides(string status) => Assert.False(Same(now: Now with { Status = status }));

    private static bool Same(StackDescription? now = null, string? body = Sample.Template, StackChange? change = null, TemplateParameter[]? declared = null) =>
        StackComparison.IsSame(now ?? Now, body, (change ?? Change).Template.Body, change ?? Change, declared ?? Declared);
}
