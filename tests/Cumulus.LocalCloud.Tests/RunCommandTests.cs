using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

public sealed class RunCommandTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    [Fact]
    public async Task A_command_runs_on_the_host_and_its_output_is_told()
    {
        var host = await cloud.BootAsync("#!/bin/sh\necho from boot > /etc/stage\n");

        var result = await RunAsync([host], ["cat /etc/stage", "pwd", "echo err >&2", "echo changed > /etc/stage"], ("workingDirectory", "/usr"));

        Assert.Equal("Success", result.Status);
        Assert.Equal("Success", result.StatusDetails);
        Assert.Equal(0, result.ResponseCode);
        Assert.Equal("from boot\n/usr\n", result.StandardOutputContent);
        Assert.Equal("err\n", result.StandardErrorContent);
        Assert.Equal("changed\n", await File.ReadAllTextAsync(Path.Combine(host.RootPath, "etc/stage")));
    }

    [Fact]
    public async Task A_command_sees_the_processes_that_the_user_data_started()
    {
        var host = await cloud.BootAsync("#!/bin/sh\nsleep 6543 &\n");

        // The brackets keep grep from finding itself.
        var result = await RunAsync([host], ["cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -o 'sleep [6]543'"]);

        Assert.Equal("sleep 6543\n", result.StandardOutputContent);
    }

    [Fact]
    public async Task A_failing_command_is_Failed_with_its_exit_code()
    {
        var host = await cloud.BootAsync("");

        var result = await RunAsync([host], ["#!/bin/bash", "echo partly", "exit 7"]);

        Assert.Equal(("Failed", "Failed", 7), (result.Status.Value, result.StatusDetails, result.ResponseCode));
        Assert.Equal("partly\n", result.StandardOutputContent);
    }

    [Fact]
    public async Task A_command_that_runs_too_long_is_TimedOut_and_ended()
    {
        var host = await cloud.BootAsync("");

        var result = await RunAsync([host], ["echo begun", "sleep 5432"], ("executionTimeout", "1"));
        var left = await RunAsync([host], ["cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'sleep 543[2]' || true"]);

        Assert.Equal(("TimedOut", "ExecutionTimedOut"), (result.Status.Value, result.StatusDetails));
        Assert.Equal("begun\n", result.StandardOutputContent);
        Assert.Equal("0\n", left.StandardOutputContent);
    }

    [Fact]
    public async Task Output_is_cut_where_SSM_cuts_it()
    {
        var host = await cloud.BootAsync("");

        // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html
        var result = await RunAsync([host], ["yes out | head -c 100000", "yes err | head -c 100000 >&2"]);

        Assert.Equal(24_000, result.StandardOutputContent.Length);
        Assert.Equal(8_000, result.StandardErrorContent.Length);
    }

    [Fact]
    public async Task Hosts_are_found_by_their_tags()
    {
        var role = Guid.NewGuid().ToString();
        var hosts = new[] { await cloud.BootAsync("", ("Role", role)), await cloud.BootAsync("", ("Role", role)) };

        var sent = await cloud.Ssm.SendCommandAsync(new SendCommandRequest
        {
            DocumentName = "AWS-RunShellScript",
            Targets = [new Target { Key = "tag:Role", Values = [role] }],
            Parameters = new() { ["commands"] = ["echo $CUMULUS_INSTANCE_ID"] },
        }, CloudFixture.Within());
        foreach (var host in hosts)
            Assert.Equal(host.InstanceId + "\n", (await EndOfAsync(sent.Command.CommandId, host)).StandardOutputContent);

        var listed = await cloud.Ssm.ListCommandInvocationsAsync(
            new ListCommandInvocationsRequest { CommandId = sent.Command.CommandId, Details = true }, CloudFixture.Within());
        Assert.Equal(2, sent.Command.TargetCount);
        Assert.Equal(hosts.Select(h => h.InstanceId).Order(), listed.CommandInvocations.Select(i => i.InstanceId).Order());
        Assert.All(listed.CommandInvocations, i => Assert.Equal(i.InstanceId + "\n", i.CommandPlugins[0].Output));
    }

    [Fact]
    public async Task After_too_many_errors_a_command_is_started_on_no_further_host()
    {
        var group = Guid.NewGuid().ToString();
        var hosts = new[] { await cloud.BootAsync("", ("Group", group)), await cloud.BootAsync("", ("Group", group)) };

        var sent = await cloud.Ssm.SendCommandAsync(new SendCommandRequest
        {
            DocumentName = "AWS-RunShellScript",
            InstanceIds = [.. hosts.Select(host => host.InstanceId)],
            Parameters = new() { ["commands"] = ["exit 1"] },
            MaxConcurrency = "50%",
            MaxErrors = "0",
        }, CloudFixture.Within());
        var ends = new[] { await EndOfAsync(sent.Command.CommandId, hosts[0]), await EndOfAsync(sent.Command.CommandId, hosts[1]) };

        Assert.Equal(["Cancelled", "Failed"], ends.Select(end => end.Status.Value).Order());
    }

    [Fact]
    public async Task Only_booted_hosts_are_known_to_SSM()
    {
        var booted = await cloud.BootAsync("");
        var booting = await cloud.RunInstanceAsync("#!/bin/sh\nsleep 4321\n");
        await cloud.HostAsync(booting, host => host.State == LocalCloudHostState.Booting);

        var known = await cloud.Ssm.DescribeInstanceInformationAsync(new DescribeInstanceInformationRequest
        {
            Filters = [new InstanceInformationStringFilter { Key = "InstanceIds", Values = [booted.InstanceId, booting] }],
        }, CloudFixture.Within());
        var refused = await Assert.ThrowsAsync<InvalidInstanceIdException>(() => SendAsync([booting], ["true"]));

        var one = Assert.Single(known.InstanceInformationList);
        Assert.Equal((booted.InstanceId, "Online", "Linux"), (one.InstanceId, one.PingStatus.Value, one.PlatformType.Value));
        Assert.Contains(booting, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_instances_and_invocations_have_the_codes_of_SSM()
    {
        await Assert.ThrowsAsync<InvalidInstanceIdException>(() => SendAsync(["i-0123456789abcdef0"], ["true"]));
        await Assert.ThrowsAsync<InvocationDoesNotExistException>(() => cloud.Ssm.GetCommandInvocationAsync(
            new GetCommandInvocationRequest { CommandId = Guid.NewGuid().ToString(), InstanceId = "i-0123456789abcdef0" }, CloudFixture.Within()));
    }

    [Fact]
    public async Task What_is_not_built_is_refused_by_its_name()
    {
        var host = await cloud.BootAsync("");

        var document = await Assert.ThrowsAsync<AmazonSimpleSystemsManagementException>(() => cloud.Ssm.SendCommandAsync(new SendCommandRequest
        {
            DocumentName = "AWS-RunPatchBaseline",
            InstanceIds = [host.InstanceId],
        }, CloudFixture.Within()));

        Assert.Equal("LocalCloud does not do ssm SendCommand with the document AWS-RunPatchBaseline; it has AWS-RunShellScript and AWS-RunPowerShellScript only.", document.Message);
    }

    // https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html (aws:runPowerShellScript)
    [PwshFact]
    public async Task PowerShell_runs_where_there_is_pwsh()
    {
        var host = await cloud.BootAsync("<powershell>\n'booted' | Set-Content /etc/booted\n</powershell>");

        var sent = await cloud.Ssm.SendCommandAsync(new SendCommandRequest
        {
            DocumentName = "AWS-RunPowerShellScript",
            InstanceIds = [host.InstanceId],
            Parameters = new() { ["commands"] = ["$x = Get-Content /etc/booted", "\"it $x\"", "exit 3"] },
        }, CloudFixture.Within());
        var end = await EndOfAsync(sent.Command.CommandId, host);

        Assert.Equal(0, host.BootExitCode);
        Assert.Equal(("Failed", 3, "aws:runPowerShellScript", "it booted\n"), (end.Status.Value, end.ResponseCode!.Value, end.PluginName, end.StandardOutputContent));
    }

    // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-rc-setting-up-logging.html
    [Fact]
    public async Task The_whole_output_lies_in_the_bucket_where_the_answer_is_cut()
    {
        var (host, bucket) = (await cloud.BootAsync(""), $"output-{Guid.NewGuid():N}");
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());

        var sent = await cloud.Ssm.SendCommandAsync(new SendCommandRequest
        {
            DocumentName = "AWS-RunShellScript",
            InstanceIds = [host.InstanceId],
            Parameters = new() { ["commands"] = ["yes out | head -c 100000"] },
            OutputS3BucketName = bucket,
            OutputS3KeyPrefix = "logs",
        }, CloudFixture.Within());
        GetCommandInvocationResponse? end = null;
        await CloudFixture.UntilAsync(async () => (end = await EndOfAsync(sent.Command.CommandId, host)).StandardOutputUrl is { Length: > 0 }, () => "no output in the bucket");

        var key = $"logs/{sent.Command.CommandId}/{host.InstanceId}/awsrunShellScript/0.awsrunShellScript/stdout";
        Assert.Equal($"https://s3.us-east-1.amazonaws.com/{bucket}/{key}", end!.StandardOutputUrl);
        Assert.Equal(24_000, end.StandardOutputContent.Length);
        Assert.Equal(100_000, (await cloud.S3.GetObjectMetadataAsync(bucket, key, CloudFixture.Within())).ContentLength);
    }

    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CancelCommand.html
    [Fact]
    public async Task A_command_is_cancelled_and_what_it_ran_is_ended()
    {
        var host = await cloud.BootAsync("");
        var id = await SendAsync([host.InstanceId], ["touch /srv/begun", "sleep 5433"]);
        await CloudFixture.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(host.RootPath, "srv/begun"))), () => "not begun");

        await cloud.AwsAsync("ssm", "cancel-command", "--command-id", id);
        var end = await EndOfAsync(id, host);
        var left = await RunAsync([host], ["cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'sleep 543[3]' || true"]);

        Assert.Equal(("Cancelled", "Cancelled"), (end.Status.Value, end.StatusDetails));
        Assert.Equal("0\n", left.StandardOutputContent);
    }

    // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-run.html
    [Fact]
    public async Task Parameters_of_the_store_are_put_into_the_command()
    {
        var (host, name) = (await cloud.BootAsync(""), $"/web/{Guid.NewGuid():N}");
        await cloud.Ssm.PutParameterAsync(new PutParameterRequest { Name = name, Value = "blue", Type = "String" }, CloudFixture.Within());

        var end = await RunAsync([host], [$"echo it is {{{{ssm:{name}}}}}"]);
        var missing = await Assert.ThrowsAsync<InvalidParametersException>(() => SendAsync([host.InstanceId], ["echo {{ssm:missing}}"]));

        Assert.Equal("it is blue\n", end.StandardOutputContent);
        Assert.Contains("ssm:missing", missing.Message, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommands.html
    [Fact]
    public async Task Commands_are_listed_by_status_and_a_foreign_client_reads_them()
    {
        var host = await cloud.BootAsync("");
        var id = await SendAsync([host.InstanceId], ["exit 1"]);
        await EndOfAsync(id, host);

        var failed = await cloud.AwsAsync("ssm", "list-commands", "--command-id", id, "--filters", "key=Status,value=Failed", "--query", "Commands[].CommandId", "--output", "text");
        var well = await cloud.AwsAsync("ssm", "list-command-invocations", "--command-id", id, "--filters", "key=Status,value=Success", "--query", "length(CommandInvocations)", "--output", "text");

        Assert.Equal(id, failed.Trim());
        Assert.Equal("0", well.Trim());
    }

    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html (PingStatus)
    [Fact]
    public async Task A_stopped_instance_has_lost_its_connection()
    {
        var host = await cloud.BootAsync("");
        await cloud.Ec2.StopInstancesAsync(new Amazon.EC2.Model.StopInstancesRequest { InstanceIds = [host.InstanceId] }, CloudFixture.Within());
        await cloud.HostAsync(host.InstanceId, h => h.State == LocalCloudHostState.Stopped);

        var known = await cloud.AwsAsync("ssm", "describe-instance-information", "--filters", $"Key=InstanceIds,Values={host.InstanceId}", "--query", "InstanceInformationList[0].PingStatus", "--output", "text");

        Assert.Equal("ConnectionLost", known.Trim());
    }

    private async Task<GetCommandInvocationResponse> RunAsync(LocalCloudHost[] hosts, List<string> commands, params (string Name, string Value)[] parameters)
    {
        var id = await SendAsync([.. hosts.Select(host => host.InstanceId)], commands, parameters);
        return await EndOfAsync(id, hosts[0]);
    }

    private async Task<string> SendAsync(List<string> instanceIds, List<string> commands, params (string Name, string Value)[] parameters)
    {
        var all = new Dictionary<string, List<string>> { ["commands"] = commands };
        foreach (var (name, value) in parameters)
            all[name] = [value];
        var sent = await cloud.Ssm.SendCommandAsync(
            new SendCommandRequest { DocumentName = "AWS-RunShellScript", InstanceIds = instanceIds, Parameters = all }, CloudFixture.Within());
        return sent.Command.CommandId;
    }

    private async Task<GetCommandInvocationResponse> EndOfAsync(string commandId, LocalCloudHost host)
    {
        GetCommandInvocationResponse? seen = null;
        await CloudFixture.UntilAsync(async () =>
        {
            seen = await cloud.Ssm.GetCommandInvocationAsync(
                new GetCommandInvocationRequest { CommandId = commandId, InstanceId = host.InstanceId }, CloudFixture.Within());
            return seen.Status.Value is not ("Pending" or "InProgress");
        }, () => $"command is {seen?.Status.Value}");
        return seen!;
    }
}
