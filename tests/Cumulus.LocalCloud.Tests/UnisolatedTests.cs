using System.Diagnostics;
using System.Globalization;
using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>A machine that cannot isolate hosts: all its programs are on PATH but unshare.</summary>
public sealed class UnisolatedTests : IDisposable
{
    // One in the script's session, one in a session of its own.
    private const string Servers = "#!/bin/sh\nsleep 3211 & echo $!\nsetsid sh -c 'echo $$; exec sleep 3212' &\n";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Scripts_are_not_run_where_hosts_cannot_be_isolated()
    {
        var mark = Path.Combine(_temp.Path, "mark");
        var (info, host) = await BootAsync($"#!/bin/sh\ntouch {mark}\n");

        await LocalCloudLauncher.StopAsync(info.Path, keep: false, CloudFixture.Within());

        Assert.Equal((HostIsolation.Refused, "unshare and nsenter (util-linux) are not on PATH."), (info.Isolation, info.IsolationNote));
        Assert.Equal((null, info.IsolationNote), (host.BootExitCode, host.BootNote));
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task Scripts_that_honour_CUMULUS_ROOT_can_be_run_without_isolation_when_that_is_asked_for()
    {
        var (info, host) = await BootAsync("#!/bin/sh\nmkdir etc && pwd > $CUMULUS_ROOT/etc/where\necho $$ > pid\nexec sleep 3210\n", "--allow-unisolated");
        var pid = Path.Combine(host.RootPath, "pid");
        await CloudFixture.UntilAsync(() => Task.FromResult(File.Exists(pid) && File.ReadAllText(pid).EndsWith('\n')), () => "no process");
        var (process, where) = (File.ReadAllText(pid).Trim(), await File.ReadAllTextAsync(Path.Combine(host.RootPath, "etc/where")));
        Assert.True(Directory.Exists($"/proc/{process}"));

        await LocalCloudLauncher.StopAsync(info.Path, keep: false, CloudFixture.Within());

        Assert.Equal(HostIsolation.Unisolated, info.Isolation);
        Assert.Equal(host.RootPath + "\n", where);
        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public async Task Servers_that_user_data_leaves_in_the_background_end_with_the_cloud()
    {
        var (info, host) = await BootAsync(Servers, "--allow-unisolated");
        var servers = await ServersOfAsync(host);

        await LocalCloudLauncher.StopAsync(info.Path, keep: false, CloudFixture.Within());

        Assert.Equal([], servers.Where(Processes.IsRunning));
        Assert.False(Directory.Exists(info.Path));
    }

    [Fact]
    public async Task Servers_of_a_cloud_that_was_killed_end_when_what_it_left_is_cleared_away()
    {
        var (info, host) = await BootAsync(Servers, "--allow-unisolated");
        var servers = await ServersOfAsync(host);
        using (var process = Process.GetProcessById(info.ProcessId))
            process.Kill();
        await CloudFixture.UntilAsync(() => Task.FromResult(!Processes.IsRunning(info.ProcessId)), () => "the cloud runs");

        await LocalCloudLauncher.StopAsync(info.Path, keep: false, CloudFixture.Within());

        Assert.Equal([], servers.Where(Processes.IsRunning));
    }

    private static async Task<List<int>> ServersOfAsync(LocalCloudHost host)
    {
        await CloudFixture.UntilAsync(
            () => Task.FromResult(File.Exists(host.BootLog) && File.ReadLines(host.BootLog).Count() == 2), () => "the servers have not started");
        List<int> servers = [.. File.ReadLines(host.BootLog).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
        Assert.All(servers, server => Assert.True(Processes.IsRunning(server)));
        return servers;
    }

    private async Task<(LocalCloudInfo Cloud, LocalCloudHost Host)> BootAsync(string userData, params string[] arguments)
    {
        var path = Path.Combine(_temp.Path, "cloud");
        string[] command = ["env", $"PATH={ProgramsWithout("unshare")}", "dotnet", typeof(UnisolatedTests).Assembly.Location, path, .. arguments];
        var info = await LocalCloudLauncher.StartAsync(new LocalCloudOptions { Path = path }, command, CloudFixture.Within());
        using var ec2 = new AmazonEC2Client(
            new BasicAWSCredentials(info.AccessKeyId, info.SecretAccessKey), new AmazonEC2Config { ServiceURL = info.Endpoint, AuthenticationRegion = info.Region });
        await ec2.RunInstancesAsync(
            new RunInstancesRequest { ImageId = "ami-0123456789abcdef0", MinCount = 1, MaxCount = 1, UserData = Convert.ToBase64String(Encoding.UTF8.GetBytes(userData)) },
            CloudFixture.Within());
        using var client = LocalCloudClient.Open(path);
        LocalCloudHost? host = null;
        await CloudFixture.UntilAsync(async () =>
        {
            host = (await client.GetHostsAsync(CloudFixture.Within())).SingleOrDefault();
            return host is not null && (host.State == LocalCloudHostState.Running || info.Isolation == HostIsolation.Unisolated);
        }, () => "no host");
        return (info, host!);
    }

    private string ProgramsWithout(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_temp.Path, "programs")).FullName;
        var programs = Environment.GetEnvironmentVariable("PATH")!.Split(':').Where(Directory.Exists).SelectMany(Directory.EnumerateFiles);
        foreach (var program in programs.DistinctBy(Path.GetFileName).Where(program => Path.GetFileName(program) != name))
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(program)), program);
        return folder;
    }
}
