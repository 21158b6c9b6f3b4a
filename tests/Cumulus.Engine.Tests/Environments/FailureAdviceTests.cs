using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>The reasons that users meet most, in the services' own words, and the advice for each.</summary>
public sealed class FailureAdviceTests
{
    [Theory]
    [InlineData("Requires capabilities : [CAPABILITY_NAMED_IAM]", null, "'capabilities'")]
    [InlineData("Group did not receive 2 success signal(s) within the specified timeout", "AWS::AutoScaling::AutoScalingGroup", "boot log")]
    [InlineData("API: ec2:RunInstances You are not authorized to perform this operation.", "AWS::EC2::Instance", "Allow the action")]
    [InlineData("User: arn:aws:iam::1:user/x is not authorized to perform: iam:CreateRole on resource: role r", "AWS::IAM::Role", "Allow the action")]
    [InlineData("acme-assets already exists", "AWS::S3::Bucket", "-ImportExistingResource")]
    [InlineData("The maximum number of VPCs has been reached. (Service: Ec2, Status Code: 400; VpcLimitExceeded)", "AWS::EC2::VPC", "Service Quotas")]
    [InlineData("We currently do not have sufficient t3.large capacity in the Availability Zone you requested", "AWS::EC2::Instance", "no capacity")]
    [InlineData("Rate exceeded (Service: AmazonEC2; Status Code: 503; Error Code: RequestLimitExceeded)", "AWS::EC2::Subnet", null)]
    [InlineData("The image id '[ami-12345678]' does not exist", "AWS::EC2::Instance", "image")]
    [InlineData("The key pair 'ops' does not exist", "AWS::EC2::Instance", "key pair")]
    [InlineData("The bucket you tried to delete is not empty", "AWS::S3::Bucket", "Empty it")]
    [InlineData("resource sg-1 has a dependent object", "AWS::EC2::SecurityGroup", "End that use")]
    [InlineData("Export stage-vpc cannot be updated as it is in use by stage-web", null, "imports")]
    [InlineData("No export named stage-vpc found", null, "depends-on")]
    [InlineData("Instance profile web was NotFound", "AWS::EC2::Instance", "not there")]
    [InlineData("Parameter validation failed: parameter value vpc-1 for parameter name Vpc does not exist", null, "parameter")]
    [InlineData("Encountered unsupported property Nmae", "AWS::SNS::Topic", "Test-StackTemplate")]
    [InlineData("CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename web and update the stack again.", "AWS::IAM::Role", "rename")]
    [InlineData("Update to resource type AWS::X::Y is not supported", "AWS::X::Y", null)]
    [InlineData("Action denied by stack policy: Statement does not allow [Update:Replace] for resource Db", "AWS::RDS::DBInstance", "stack policy")]
    [InlineData("Exceeded attempts to wait", "AWS::ECS::Service", "in time")]
    [InlineData("The CIDR '10.0.0.0/24' conflicts with another subnet", "AWS::EC2::Subnet", "ranges")]
    [InlineData("CloudFormation did not receive a response from your Custom Resource", "Custom::Thing", "function's log")]
    [InlineData("The following hook(s) failed: [Acme::Check::Encryption]", "AWS::S3::Bucket", "hook")]
    [InlineData("The security token included in the request is expired: ExpiredToken", null, "sign in")]
    public void Each_has_its_advice(string reason, string? type, string? says)
    {
        string? advice = FailureAdvice.For(reason, type);
        if (says is null) return;
        Assert.NotNull(advice);
        Assert.Contains(says, advice, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void What_is_not_known_has_none() => Assert.Null(FailureAdvice.For("Internal Failure", "AWS::SNS::Topic"));
}
