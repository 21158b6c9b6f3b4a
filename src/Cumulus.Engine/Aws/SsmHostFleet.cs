using System.Globalization;
using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;

namespace Cumulus.Engine.Aws;

/// <summary>Instances by EC2 and Auto Scaling, commands by SSM Run Command.</summary>
/// <param name="endpoint">Where the clients go, for errors.</param>
internal sealed class SsmHostFleet(IAmazonEC2 ec2, IAmazonAutoScaling autoScaling, IAmazonSimpleSystemsManagement ssm, string endpoint) : IHostFleet, IHostCommands
{
    // As many as every one of the three services takes in one request.
    private const int BatchSize = 50;

    // SSM's bounds: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html and the AWS-RunShellScript document.
    private const int LeastDeliverySeconds = 30;
    private const int MostExecutionSeconds = 172_800;
    private const int CommentLength = 100;

    public async Task<IReadOnlyList<HostInstance>> InstancesAsync(
        IReadOnlyList<StackResourceRecord> resources,
        CancellationToken cancellationToken)
    {
        string[] groups = PhysicalIds(resources, "AWS::AutoScaling::AutoScalingGroup");
        HashSet<string> ids = [.. PhysicalIds(resources, "AWS::EC2::Instance"), .. await IdsOfGroupsAsync(groups, cancellationToken)];
        var result = new List<HostInstance>();
        foreach (string[] batch in ids.Order(StringComparer.Ordinal).Chunk(BatchSize))
        {
            HashSet<string> managed = await ManagedAsync(batch, cancellationToken);
            result.AddRange((await InstancesAsync(batch, cancellationToken)).Select(i => new HostInstance(i.InstanceId, PlatformOf(i), Time(i.LaunchTime), managed.Contains(i.InstanceId))));
        }

        return result;
    }

    public Task<string> RunAsync(IReadOnlyList<string> instanceIds, HostPlatform platform, IReadOnlyList<string> lines, TimeSpan timeout, string comment, CancellationToken cancellationToken) =>
        SendAsync(new HostCommandRequest { InstanceIds = instanceIds, Platform = platform, Lines = lines, TimeLimit = timeout, Comment = comment }, cancellationToken);

    public async Task<string> SendAsync(HostCommandRequest request, CancellationToken cancellationToken)
    {
        int seconds = (int)Math.Clamp(request.TimeLimit.TotalSeconds, LeastDeliverySeconds, MostExecutionSeconds);
        var send = new SendCommandRequest
        {
            InstanceIds = [.. request.InstanceIds],
            DocumentName = request.Platform == HostPlatform.Windows ? "AWS-RunPowerShellScript" : "AWS-RunShellScript",
            Parameters = new Dictionary<string, List<string>>
            {
                ["commands"] = [.. request.Lines],
                ["executionTimeout"] = [seconds.ToString(CultureInfo.InvariantCulture)],
            },
            TimeoutSeconds = seconds,
            Comment = request.Comment.Length > CommentLength ? request.Comment[..CommentLength] : request.Comment,
            MaxConcurrency = request.MaxConcurrency?.ToString(CultureInfo.InvariantCulture),
            MaxErrors = request.MaxErrors?.ToString(CultureInfo.InvariantCulture),
            OutputS3BucketName = request.OutputBucket,
            OutputS3KeyPrefix = request.OutputPrefix,
        };
        SendCommandResponse answer = await CallAsync("SSM", "SendCommand", () => ssm.SendCommandAsync(send, cancellationToken), cancellationToken);
        return answer.Command.CommandId;
    }

    public async Task<IReadOnlyList<HostCommandStatus>> StatusesAsync(string commandId, CancellationToken cancellationToken)
    {
        var statuses = new List<HostCommandStatus>();
        string? next = null;
        do
        {
            var request = new ListCommandInvocationsRequest { CommandId = commandId, NextToken = next };
            ListCommandInvocationsResponse page = await CallAsync("SSM", "ListCommandInvocations", () => ssm.ListCommandInvocationsAsync(request, cancellationToken), cancellationToken);
            statuses.AddRange((page.CommandInvocations ?? []).Select(i => new HostCommandStatus(i.InstanceId, i.Status?.Value ?? "")));
            next = Token(page.NextToken);
        }
        while (next is not null);
        return statuses;
    }

    public async Task CancelAsync(string commandId, CancellationToken cancellationToken) =>
        await CallAsync("SSM", "CancelCommand", () => ssm.CancelCommandAsync(new CancelCommandRequest { CommandId = commandId }, cancellationToken), cancellationToken);

    public async Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken)
    {
        var request = new GetCommandInvocationRequest { CommandId = commandId, InstanceId = instanceId };
        GetCommandInvocationResponse answer;
        try
        {
            answer = await CallAsync("SSM", "GetCommandInvocation", () => ssm.GetCommandInvocationAsync(request, cancellationToken), cancellationToken);
        }
        catch (CumulusException e) when (e.InnerException is AmazonServiceException { ErrorCode: "InvocationDoesNotExist" })
        {
            return null;
        }

        // -1 stands for a command that has not ended.
        int? exitCode = answer.ResponseCode is { } code and not -1 ? code : null;
        return new HostCommandResult(instanceId, answer.Status?.Value ?? "", exitCode, answer.StandardOutputContent ?? "", answer.StandardErrorContent ?? "");
    }

    private async Task<List<string>> IdsOfGroupsAsync(string[] groups, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        foreach (string[] batch in groups.Chunk(BatchSize))
        {
            string? next = null;
            do
            {
                var request = new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = [.. batch], NextToken = next };
                DescribeAutoScalingGroupsResponse page = await CallAsync("Auto Scaling", "DescribeAutoScalingGroups", () => autoScaling.DescribeAutoScalingGroupsAsync(request, cancellationToken), cancellationToken);
                ids.AddRange((page.AutoScalingGroups ?? []).SelectMany(g => g.Instances ?? []).Select(i => i.InstanceId));
                next = Token(page.NextToken);
            }
            while (next is not null);
        }

        return ids;
    }

    // Asked for by filter: an id that is gone is then left out, where a plain list of ids would be refused as a whole.
    private async Task<List<Amazon.EC2.Model.Instance>> InstancesAsync(string[] ids, CancellationToken cancellationToken)
    {
        var instances = new List<Amazon.EC2.Model.Instance>();
        string? next = null;
        do
        {
            var request = new DescribeInstancesRequest
            {
                Filters =
                [
                    new Amazon.EC2.Model.Filter { Name = "instance-id", Values = [.. ids] },
                    new Amazon.EC2.Model.Filter { Name = "instance-state-name", Values = ["pending", "running"] },
                ],
                NextToken = next,
            };
            DescribeInstancesResponse page = await CallAsync("EC2", "DescribeInstances", () => ec2.DescribeInstancesAsync(request, cancellationToken), cancellationToken);
            instances.AddRange((page.Reservations ?? []).SelectMany(r => r.Instances ?? []));
            next = Token(page.NextToken);
        }
        while (next is not null);
        return instances;
    }

    /// <summary>Those of the instances that commands reach; at most 50 at once.</summary>
    internal async Task<HashSet<string>> ManagedAsync(string[] ids, CancellationToken cancellationToken)
    {
        HashSet<string> managed = new(StringComparer.Ordinal);
        string? next = null;
        do
        {
            var request = new DescribeInstanceInformationRequest { Filters = [new InstanceInformationStringFilter { Key = "InstanceIds", Values = [.. ids] }], NextToken = next };
            DescribeInstanceInformationResponse page = await CallAsync("SSM", "DescribeInstanceInformation", () => ssm.DescribeInstanceInformationAsync(request, cancellationToken), cancellationToken);
            managed.UnionWith((page.InstanceInformationList ?? []).Where(i => i.PingStatus == PingStatus.Online).Select(i => i.InstanceId));
            next = Token(page.NextToken);
        }
        while (next is not null);
        return managed;
    }

    private Task<T> CallAsync<T>(string service, string operation, Func<Task<T>> call, CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(new AwsCall(service, operation, endpoint), call, cancellationToken);

    private static string[] PhysicalIds(IReadOnlyList<StackResourceRecord> resources, string type) =>
        [.. resources.Where(r => r.ResourceType == type && r.PhysicalId is { Length: > 0 }).Select(r => r.PhysicalId!)];

    // EC2 names the platform of Windows instances only.
    internal static HostPlatform PlatformOf(Amazon.EC2.Model.Instance instance) =>
        string.Equals(instance.Platform?.Value, "windows", StringComparison.OrdinalIgnoreCase) ? HostPlatform.Windows : HostPlatform.Linux;

    private static DateTimeOffset Time(DateTime? time) => time is { } t ? new DateTimeOffset(t.ToUniversalTime(), TimeSpan.Zero) : default;

    private static string? Token(string? token) => string.IsNullOrEmpty(token) ? null : token;
}
