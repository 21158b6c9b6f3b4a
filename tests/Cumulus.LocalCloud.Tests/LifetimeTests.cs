using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Cumulus.Engine;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>A cloud in a process of its own: starting, finding and ending it.</summary>
public sealed class LifetimeTests : IDisposable
{
    private static readonly string[] Program = ["dotnet", typeof(LifetimeTests).Assembly.Location];

    private readonly TempFolder _temp = new();

    private string CloudPath => Path.Combine(_temp.Path, "cloud");

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_cloud_in_the_background_answers_and_leaves_no_process_and_no_file()
    {
        var info = await StartAsync();
        var session = await File.ReadAllTextAsync($"/proc/{info.ProcessId}/stat");
        using (var s3 = new AmazonS3Client(new BasicAWSCredentials(info.AccessKeyId, info.SecretAccessKey), new AmazonS3Config { ServiceURL = info.Endpoint, ForcePathStyle = true }))
            await s3.PutBucketAsync("bucket", CloudFixture.Within());
        using (var client = LocalCloudClient.Open(CloudPath))
            Assert.Empty(await client.GetHostsAsync(CloudFixture.Within()));
        var processes = Processes.Of(info.ProcessId);

        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());

        Assert.True(processes.Count >= 2, "moto runs below the cloud's process");
        await CloudFixture.UntilAsync(() => Task.FromResult(!processes.Any(Processes.IsRunning)), () => string.Join(' ', processes.Where(Processes.IsRunning)));
        Assert.False(Directory.Exists(CloudPath));
        // The sixth field is the session: its own, so that the shell's end and Ctrl+C do not reach it.
        Assert.Equal(info.ProcessId.ToString(CultureInfo.InvariantCulture), session[(session.LastIndexOf(')') + 2)..].Split(' ')[3]);
        Assert.StartsWith("LOCAL", info.AccessKeyId, StringComparison.Ordinal);
        Assert.Equal(20, info.AccessKeyId.Length);
        Assert.DoesNotContain(info.SecretAccessKey, info.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_object_passes_through_as_a_stream()
    {
        const int size = 192 * 1024 * 1024;
        var info = await StartAsync();
        using var s3 = new AmazonS3Client(new BasicAWSCredentials(info.AccessKeyId, info.SecretAccessKey), new AmazonS3Config { ServiceURL = info.Endpoint, ForcePathStyle = true });
        var content = RandomNumberGenerator.GetBytes(size);
        await s3.PutBucketAsync("bucket", CloudFixture.Within());
        var before = Processes.PeakOf(info.ProcessId);

        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "bucket", Key = "bundle.zip", InputStream = new MemoryStream(content) }, CloudFixture.Within(120));
        using var answer = await s3.GetObjectAsync("bucket", "bundle.zip", CloudFixture.Within(120));
        var digest = await SHA256.HashDataAsync(answer.ResponseStream, CloudFixture.Within(120));

        var growth = Processes.PeakOf(info.ProcessId) - before;
        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());
        Assert.InRange(growth, 0, size / 3);
        Assert.Equal(size, answer.ContentLength);
        Assert.Equal(SHA256.HashData(content), digest);
    }

    [Fact]
    public async Task The_credentials_file_is_for_its_owner_alone()
    {
        await StartAsync();

        var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Path.Combine(CloudPath, "localcloud.json"));
        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
    }

    [Fact]
    public async Task A_killed_cloud_takes_moto_along_and_its_folder_can_be_used_again()
    {
        var info = await StartAsync();
        var processes = Processes.Of(info.ProcessId);
        using (var process = Process.GetProcessById(info.ProcessId))
            process.Kill();
        await CloudFixture.UntilAsync(() => Task.FromResult(!processes.Any(Processes.IsRunning)), () => string.Join(' ', processes.Where(Processes.IsRunning)));

        var error = Assert.Throws<CumulusException>(() => LocalCloudClient.Open(CloudPath));
        var again = await StartAsync();
        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());

        Assert.Equal(ErrorIds.LocalCloudNotFound, error.ErrorId);
        Assert.NotEqual(info.AccessKeyId, again.AccessKeyId);
        Assert.False(Directory.Exists(CloudPath));
    }

    [Fact]
    public async Task What_is_to_be_kept_is_kept_without_the_credentials()
    {
        await StartAsync();

        await LocalCloudLauncher.StopAsync(CloudPath, keep: true, CloudFixture.Within());

        Assert.False(File.Exists(Path.Combine(CloudPath, "localcloud.json")));
        Assert.Contains("ready at", await File.ReadAllTextAsync(Path.Combine(CloudPath, "localcloud.log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_start_asked_to_keep_is_kept_whoever_ends_the_cloud(bool killed)
    {
        var info = await StartAsync("--keep");
        if (killed)
        {
            using var process = Process.GetProcessById(info.ProcessId);
            process.Kill();
        }

        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());

        Assert.True(info.Keep);
        Assert.DoesNotContain(info.SecretAccessKey, await File.ReadAllTextAsync(Path.Combine(CloudPath, "localcloud.log")), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(CloudPath, "localcloud.json")));
        Assert.Contains("ready at", await File.ReadAllTextAsync(Path.Combine(CloudPath, "localcloud.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_cloud_in_the_same_folder_is_refused()
    {
        await StartAsync();

        var error = await Assert.ThrowsAsync<CumulusException>(() => StartAsync());
        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());

        Assert.Equal(ErrorIds.LocalCloudAlreadyRunning, error.ErrorId);
    }

    [Fact]
    public async Task A_folder_with_files_of_others_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(CloudPath, "bin"));

        var error = await Assert.ThrowsAsync<CumulusException>(() => StartAsync());

        Assert.Equal(ErrorIds.LocalCloudPathNotEmpty, error.ErrorId);
        Assert.True(Directory.Exists(Path.Combine(CloudPath, "bin")));
    }

    [Fact]
    public async Task Without_moto_the_error_says_what_to_install()
    {
        var options = new LocalCloudOptions { Path = CloudPath, MotoServer = "/nowhere/moto_server" };

        var launched = await Assert.ThrowsAsync<CumulusException>(() => LocalCloudLauncher.StartAsync(options, Program, CloudFixture.Within()));
        var direct = await Assert.ThrowsAsync<CumulusException>(() => LocalCloudServer.StartAsync(options, CloudFixture.Within()));

        Assert.All([launched, direct], error =>
        {
            Assert.Equal(ErrorIds.LocalCloudUnavailable, error.ErrorId);
            Assert.Equal("moto_server is not at /nowhere/moto_server.", error.Message);
            Assert.Contains("pip install \"moto[server]\"", error.Advice, StringComparison.Ordinal);
        });
        Assert.False(Directory.Exists(CloudPath));
    }

    [Fact]
    public async Task A_program_that_ends_at_once_is_quoted()
    {
        var options = new LocalCloudOptions { Path = CloudPath };

        var error = await Assert.ThrowsAsync<CumulusException>(
            () => LocalCloudLauncher.StartAsync(options, ["sh", "-c", "echo no such cmdlet >&2; exit 1"], CloudFixture.Within()));

        Assert.Equal(ErrorIds.LocalCloudUnavailable, error.ErrorId);
        Assert.Contains("its last words: no such cmdlet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_says_why_and_leaves_its_logs()
    {
        var launched = await Assert.ThrowsAsync<CumulusException>(() => StartAsync("--bucket=b1"));
        string[] left = [.. Directory.EnumerateFileSystemEntries(CloudPath).Select(path => Path.GetFileName(path)).Order()];
        var log = await File.ReadAllTextAsync(Path.Combine(CloudPath, "localcloud.log"));
        var direct = await Assert.ThrowsAnyAsync<CumulusException>(
            () => LocalCloudServer.StartAsync(new LocalCloudOptions { Path = CloudPath, Buckets = ["b1"] }, CloudFixture.Within()));
        await StartAsync("--bucket=bundles");
        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());

        Assert.Equal(ErrorIds.LocalCloudUnavailable, launched.ErrorId);
        Assert.Equal("The local cloud did not start: moto answered s3 CreateBucket b1 with 400: The specified bucket is not valid.", launched.Message);
        Assert.Equal($"See {Path.Combine(CloudPath, "localcloud.log")}.", launched.Advice);
        Assert.Equal(["localcloud.log", "moto.log"], left);
        Assert.Contains("could not start: moto answered s3 CreateBucket b1", log, StringComparison.Ordinal);
        Assert.Equal("moto answered s3 CreateBucket b1 with 400: The specified bucket is not valid.", direct.Message);
        Assert.False(Directory.Exists(CloudPath));
    }

    [Fact]
    public async Task When_moto_crashes_the_cloud_says_so()
    {
        var (moto, pid) = (Path.Combine(_temp.Path, "moto"), Path.Combine(_temp.Path, "pid"));
        await File.WriteAllTextAsync(moto, $"#!/bin/sh\necho $$ > {pid}\nexec \"${{CUMULUS_MOTO_SERVER:-moto_server}}\" \"$@\"\n");
        using (var chmod = Process.Start("chmod", ["700", moto]))
            await chmod.WaitForExitAsync(CloudFixture.Within());
        var server = await LocalCloudServer.StartAsync(new LocalCloudOptions { Path = CloudPath, MotoServer = moto }, CloudFixture.Within());
        using var s3 = new AmazonS3Client(new BasicAWSCredentials(server.Info.AccessKeyId, server.Info.SecretAccessKey),
            new AmazonS3Config { ServiceURL = server.Info.Endpoint, ForcePathStyle = true, MaxErrorRetry = 0 });

        using (var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(pid), CultureInfo.InvariantCulture)))
            process.Kill();

        var error = await Assert.ThrowsAsync<CumulusException>(() => server.WaitAsync(CloudFixture.Within()));
        var call = await Assert.ThrowsAsync<AmazonS3Exception>(() => s3.ListBucketsAsync(CloudFixture.Within()));
        await server.DisposeAsync();
        var later = Assert.Throws<CumulusException>(() => LocalCloudClient.Open(CloudPath));
        await LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within());

        Assert.Equal(ErrorIds.LocalCloudUnavailable, error.ErrorId);
        Assert.Equal("ServiceUnavailable", call.ErrorCode);
        Assert.Contains("moto_server does not answer", call.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.LocalCloudUnavailable, later.ErrorId);
        Assert.StartsWith($"The local cloud in {CloudPath} has ended by itself: moto_server has ended", later.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(CloudPath));
    }

    [Fact]
    public async Task Stopping_where_nothing_ever_ran_is_an_error()
    {
        var error = await Assert.ThrowsAsync<CumulusException>(() => LocalCloudLauncher.StopAsync(CloudPath, keep: false, CloudFixture.Within()));

        Assert.Equal(ErrorIds.LocalCloudNotFound, error.ErrorId);
    }

    [Fact]
    public async Task The_journal_keeps_the_newest_calls_and_counts_all()
    {
        await using var server = await LocalCloudServer.StartAsync(new LocalCloudOptions { Path = CloudPath, KeptCalls = 2 }, CloudFixture.Within());
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials(server.Info.AccessKeyId, server.Info.SecretAccessKey), new AmazonS3Config { ServiceURL = server.Info.Endpoint, ForcePathStyle = true });

        for (var i = 0; i < 25; i++)
            await s3.ListBucketsAsync(CloudFixture.Within());

        Assert.Equal([24, 25], server.GetCalls().Select(call => call.Number));
        Assert.Equal(25, (await server.GetStatusAsync(CloudFixture.Within())).Calls);
        Assert.Equal(10, await LinesOfAsync("calls-former.jsonl"));
        Assert.Equal(5, await LinesOfAsync("calls.jsonl"));
    }

    [Fact]
    public async Task Nobody_waits_for_instances_where_nothing_makes_any()
    {
        await using var server = await LocalCloudServer.StartAsync(new LocalCloudOptions { Path = CloudPath }, CloudFixture.Within());
        using var client = LocalCloudClient.Open(CloudPath);

        var error = await Assert.ThrowsAsync<CumulusException>(() => client.WaitForHostsAsync(1, TimeSpan.FromMinutes(5), CloudFixture.Within()));

        Assert.Equal((ErrorIds.LocalCloudHostsNotReady, FailureKind.NotFound), (error.ErrorId, error.Kind));
        Assert.StartsWith("There is nothing to wait for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_hosts_that_do_not_come_ends_at_its_limit()
    {
        await using var server = await LocalCloudServer.StartAsync(new LocalCloudOptions { Path = CloudPath }, CloudFixture.Within());
        server.SetFault(new StackFault { Kind = StackFaultKind.Hang });
        using var client = LocalCloudClient.Open(CloudPath);
        using var stacks = new AmazonCloudFormationClient(
            new BasicAWSCredentials(server.Info.AccessKeyId, server.Info.SecretAccessKey), new AmazonCloudFormationConfig { ServiceURL = server.Info.Endpoint, AuthenticationRegion = server.Info.Region });
        await stacks.CreateStackAsync(new CreateStackRequest { StackName = "web", TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}" }, CloudFixture.Within());

        var error = await Assert.ThrowsAsync<CumulusException>(() => client.WaitForHostsAsync(1, TimeSpan.FromMilliseconds(300), CloudFixture.Within()));

        Assert.Equal((ErrorIds.LocalCloudHostsNotReady, FailureKind.Timeout), (error.ErrorId, error.Kind));
    }

    private async Task<int> LinesOfAsync(string name)
    {
        await using var file = new FileStream(Path.Combine(CloudPath, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return (await reader.ReadToEndAsync()).Count(c => c == '\n');
    }

    private Task<LocalCloudInfo> StartAsync() => StartAsync([]);

    private Task<LocalCloudInfo> StartAsync(params string[] arguments) =>
        LocalCloudLauncher.StartAsync(new LocalCloudOptions { Path = CloudPath }, [.. Program, CloudPath, .. arguments], CloudFixture.Within());
}
