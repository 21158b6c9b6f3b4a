using System.Diagnostics;
using System.Globalization;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Cumulus.LocalCloud;

namespace Cumulus.Benchmarks;

/// <summary>How soon a local cloud answers, and what many stacks in it take: time, and the memory of its process and of moto.</summary>
internal static class CloudContest
{
    private const int Starts = 3;
    private const int Stacks = 100;
    private const int AtOnce = 8;

    private const string Template = """
        Parameters: {Words: {Type: String}}
        Resources:
          Bundles: {Type: AWS::S3::Bucket}
          News: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Words}}
          Work: {Type: AWS::SQS::Queue}
          Setting: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Words}}
          Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}}
          Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
          Firewall: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: !Ref Words}}
          Machine: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-12345678, InstanceType: t3.micro, SecurityGroupIds: [!Ref Firewall]}}}
        Outputs: {Topic: {Value: !Ref News}}
        """;

    public static async Task RunAsync(string cumulus, TextWriter output)
    {
        using var scratch = new ScratchFolder();
        output.WriteLine($"\nLocal cloud: start (best of {Starts}), and {Stacks} stacks of 8 resources, {AtOnce} calls at once");
        output.WriteLine($"{"",-28}{"time",10}{"of a stack",12}{"cloud",10}{"moto",10}");
        double best = double.MaxValue;
        for (int i = 0; i < Starts; i++)
        {
            double seconds = await TimeAsync(() => RunAsync(cumulus, "Start-LocalCloud", "-Path", scratch["cloud"]));
            best = Math.Min(best, seconds);
            if (i < Starts - 1) await RunAsync(cumulus, "Stop-LocalCloud", "-Path", scratch["cloud"]);
        }

        using LocalCloudClient cloud = LocalCloudClient.Open(scratch["cloud"]);
        try
        {
            Tell(output, "start", best, cloud.Info.ProcessId);
            using var stacks = new AmazonCloudFormationClient(
                new BasicAWSCredentials(cloud.Info.AccessKeyId, cloud.Info.SecretAccessKey),
                new AmazonCloudFormationConfig { ServiceURL = cloud.Info.Endpoint, AuthenticationRegion = cloud.Info.Region });
            foreach ((string work, Func<string, Task> act) in Works(stacks))
            {
                Tell(output, work, await TimeAsync(() => OnAllAsync(stacks, act)), cloud.Info.ProcessId, isOfStacks: true);
            }
        }
        finally
        {
            await RunAsync(cumulus, "Stop-LocalCloud", "-Path", scratch["cloud"]);
        }
    }

    private static (string, Func<string, Task>)[] Works(AmazonCloudFormationClient stacks) =>
    [
        ("create", name => stacks.CreateStackAsync(
            new CreateStackRequest { StackName = name, TemplateBody = Template, Capabilities = ["CAPABILITY_IAM"], Parameters = [new() { ParameterKey = "Words", ParameterValue = "one" }] })),
        ("update", name => stacks.UpdateStackAsync(
            new UpdateStackRequest { StackName = name, UsePreviousTemplate = true, Capabilities = ["CAPABILITY_IAM"], Parameters = [new() { ParameterKey = "Words", ParameterValue = "two" }] })),
        ("delete", name => stacks.DeleteStackAsync(new DeleteStackRequest { StackName = name })),
    ];

    private static async Task OnAllAsync(AmazonCloudFormationClient stacks, Func<string, Task> act)
    {
        await Parallel.ForAsync(0, Stacks, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, stop) => await act(string.Create(CultureInfo.InvariantCulture, $"stack-{i}")));
        while (true)
        {
            var summaries = new List<StackSummary>();
            string? next = null;
            do
            {
                ListStacksResponse page = await stacks.ListStacksAsync(new ListStacksRequest { NextToken = next });
                summaries.AddRange(page.StackSummaries);
                next = page.NextToken;
            }
            while (next is not null);
            if (summaries.Find(s => s.StackStatus.Value.Contains("ROLLBACK", StringComparison.Ordinal) || s.StackStatus.Value.EndsWith("_FAILED", StringComparison.Ordinal)) is { } failed)
                throw new InvalidOperationException($"{failed.StackName} is {failed.StackStatus}: {failed.StackStatusReason}");
            if (summaries.TrueForAll(s => !s.StackStatus.Value.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    private static void Tell(TextWriter output, string work, double seconds, int processId, bool isOfStacks = false)
    {
        string each = isOfStacks ? $"{seconds / Stacks * 1000:0} ms" : "";
        output.WriteLine($"{work,-28}{seconds,8:0.00} s{each,12}{Memory(processId) / 1e6,7:0} MB{Below(processId).Sum(Memory) / 1e6,7:0} MB");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> text = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} exited {process.ExitCode}: {await text} {errors}");
    }

    private static long Memory(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }

    // On Linux: the second word after the name is the parent.
    private static List<int> Below(int parent)
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => (Id: int.Parse(name!, CultureInfo.InvariantCulture), Stat: ReadStat(name!)))
            .Where(p => p.Stat is not null).ToLookup(p => int.Parse(p.Stat!.Split(' ')[1], CultureInfo.InvariantCulture), p => p.Id);
        List<int> found = [.. parents[parent]];
        for (int i = 0; i < found.Count; i++) found.AddRange(parents[found[i]]);
        return found;
    }

    private static string? ReadStat(string id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
