using Amazon.CloudFormation;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SimpleSystemsManagement;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>Clients whose own retry policy decides as ever, but waits a millisecond.</summary>
internal static class QuickRetry
{
    public static RetryPolicy Hurry(RuntimePipeline pipeline)
    {
        var policy = pipeline.Handlers.OfType<RetryHandler>().Single().RetryPolicy;
        Assert.IsAssignableFrom<StandardRetryPolicy>(policy).MaxBackoffInMilliseconds = 1;
        return policy;
    }
}

internal sealed class QuickRetryCloudFormation(AmazonCloudFormationConfig config, string secret = "secret") : AmazonCloudFormationClient("AKIDEXAMPLE", secret, config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        QuickRetry.Hurry(pipeline);
    }
}

internal sealed class QuickRetryEC2(AmazonEC2Config config) : AmazonEC2Client("AKIDEXAMPLE", "secret", config)
{
    public RetryPolicy? Policy { get; private set; }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        Policy = QuickRetry.Hurry(pipeline);
    }
}

internal sealed class QuickRetrySimpleSystemsManagement(AmazonSimpleSystemsManagementConfig config)
    : AmazonSimpleSystemsManagementClient("AKIDEXAMPLE", "secret", config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        QuickRetry.Hurry(pipeline);
    }
}
