using System.Diagnostics;
using Amazon.CloudFormation.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>
/// Templates of real shape. Each is created, updated, fails at its resources in turn, rolls back and goes; the services tell that nothing is left. By default some
/// resources are drawn; with CUMULUS_WHOLE_CORPUS=1 it is all of them.
/// </summary>
public sealed class CorpusTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const int Drawn = 2;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "templates");

    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("CUMULUS_WHOLE_CORPUS") == "1";

    private static readonly string[] Files = [.. Directory.EnumerateFiles(Folder, "*.*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    /// <summary>Those whose parameter Version makes them change.</summary>
    public static TheoryData<string> Versioned => [.. Files.Where(file => !file.StartsWith("web.template", StringComparison.Ordinal))];

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    [Theory]
    [MemberData(nameof(Versioned))]
    public async Task It_comes_changes_fails_anywhere_and_goes_without_a_trace(string file)
    {
        var template = await File.ReadAllTextAsync(Path.Combine(Folder, file));
        var bucket = await NestedAsync();
        var before = await CloudInventory.ReadAsync(cloud);
        var seed = Random.Shared.Next();
        (string, string)[] Parameters(int version) =>
        [
            ("Version", $"{version}"),
            .. template.Contains("TemplateBase:", StringComparison.Ordinal) ? [("TemplateBase", $"{cloud.Info.Endpoint}/{bucket}")] : Array.Empty<(string, string)>(),
            .. file.EndsWith("/network.yml", StringComparison.Ordinal) ? [("Cidr", "10.60.0.0/16")] : Array.Empty<(string, string)>(),
        ];

        var name = CloudFixture.NewName();
        var stack = await cloud.CreateAsync(name, template, Parameters(1));
        await AssertAsync(stack, "CREATE_COMPLETE");
        await AssertAsync(await cloud.UpdateAsync(name, template, Parameters(2)), "UPDATE_COMPLETE");
        var resources = (await cloud.CloudFormation.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = name }, CloudFixture.Within())).StackResourceSummaries
            .Select(resource => resource.LogicalResourceId).ToArray();
        if (!IsWhole)
            resources = new Random(seed).GetItems(resources, Drawn);
        var version = 3;
        foreach (var resource in resources)
        {
            var words = $"{file}, {resource} fails in an update (seed {seed})";
            Fail(name, resource, StackFaultOperation.Any);
            var updated = await cloud.UpdateAsync(name, template, Parameters(version++));
            cloud.ClearFaults();
            Assert.True(updated.StackStatus.Value is "UPDATE_ROLLBACK_COMPLETE" or "UPDATE_COMPLETE", $"{words}: {updated.StackStatus.Value} {updated.StackStatusReason}");
            var drifted = await cloud.DriftedAsync(name);
            Assert.True(drifted.Count == 0, $"{words}: {string.Join("; ", drifted.Select(drift => $"{drift.LogicalResourceId} {drift.StackResourceDriftStatus} {drift.ActualProperties} for {drift.ExpectedProperties}"))}");
        }
        foreach (var resource in resources)
        {
            var failing = CloudFixture.NewName();
            Fail(failing, resource, StackFaultOperation.Create);
            var failed = await cloud.CreateAsync(failing, template, Parameters(1));
            cloud.ClearFaults();
            await AssertAsync(failed, "ROLLBACK_COMPLETE", $"{resource} fails in a creation (seed {seed})");
        }
        await AssertAsync(await cloud.DeleteAsync(stack.StackId), "DELETE_COMPLETE");
        Assert.Empty((await CloudInventory.ReadAsync(cloud)).Except(before));
    }

    // https://github.com/aws-cloudformation/cfn-lint
    [Fact]
    public async Task The_linter_finds_no_error_in_any_of_them()
    {
        var start = new ProcessStartInfo("cfn-lint", ["--non-zero-exit-code", "error", .. Files.Select(file => Path.Combine(Folder, file))]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(CloudFixture.Within(120));
        await process.WaitForExitAsync(CloudFixture.Within(120));
        Assert.True(process.ExitCode == 0, await output);
        Assert.True(Files.Length >= 14);
    }

    private async Task<string> NestedAsync()
    {
        const string bucket = "nested-templates";
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await cloud.S3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = "network.yml", FilePath = Path.Combine(Folder, "corpus", "network.yml") }, CloudFixture.Within());
        return bucket;
    }

    private void Fail(string stack, string resource, StackFaultOperation operation) =>
        cloud.AddFault(new StackFault { StackName = stack, LogicalId = resource, Operation = operation, Times = 1, Reason = "As told" });

    private async Task AssertAsync(Stack stack, string status, string words = "") => Assert.True(
        stack.StackStatus.Value == status,
        $"{words} {stack.StackStatus.Value}: {string.Join('\n', (await cloud.EventsAsync(stack.StackId)).Where(e => e.ResourceStatus.Value.EndsWith("_FAILED", StringComparison.Ordinal)).Select(e => $"{e.LogicalResourceId}: {e.ResourceStatusReason}"))}");
}
