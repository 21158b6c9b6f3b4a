using System.Globalization;
using Amazon.EC2.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

public sealed class HostTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    [Fact]
    public async Task User_data_runs_on_the_host_and_leaves_the_machine_alone()
    {
        var mark = $"cumulus-test-{Guid.NewGuid():N}";
        var host = await cloud.BootAsync($"""
            #!/bin/sh
            set -eu
            echo written > /etc/{mark}
            mkdir -p /srv/{mark}/deep
            echo also > /var/log/{mark}
            mkdir /{mark}
            rm /usr/bin/env
            echo "I am $CUMULUS_INSTANCE_ID"
            """);

        Assert.Equal(0, host.BootExitCode);
        Assert.Equal($"I am {host.InstanceId}\n", await File.ReadAllTextAsync(host.BootLog));
        Assert.Equal("written\n", await File.ReadAllTextAsync(Path.Combine(host.RootPath, "etc", mark)));
        Assert.Equal("also\n", await File.ReadAllTextAsync(Path.Combine(host.RootPath, "var/log", mark)));
        Assert.True(Directory.Exists(Path.Combine(host.RootPath, mark)));
        Assert.False(File.Exists($"/etc/{mark}"));
        Assert.False(Directory.Exists($"/srv/{mark}"));
        Assert.False(Directory.Exists($"/{mark}"));
        Assert.True(File.Exists("/usr/bin/env"));
    }

    [Fact]
    public async Task A_host_sees_neither_other_hosts_nor_the_credentials_file_nor_other_processes()
    {
        var first = await cloud.BootAsync("#!/bin/sh\necho mine > /etc/only-first\n");
        var second = await cloud.BootAsync($"""
            #!/bin/sh
            test ! -e /etc/only-first || echo "sees the other's file"
            test ! -e {first.RootPath} || echo "sees the other's folder"
            test ! -e {cloud.Info.Path}/localcloud.json || echo "sees the credentials"
            test ! -d /proc/{Environment.ProcessId} || echo "sees the machine's processes"
            kill -9 -1
            """);

        Assert.Equal("", await File.ReadAllTextAsync(second.BootLog));
        Assert.True(File.Exists(Path.Combine(first.RootPath, "etc/only-first")));
    }

    [Fact]
    public async Task The_environment_of_a_host_leads_to_the_cloud_and_to_the_cumulus_command()
    {
        var host = await cloud.BootAsync("""
            #!/bin/sh
            echo "$AWS_ENDPOINT_URL $AWS_REGION $AWS_DEFAULT_REGION $AWS_ACCESS_KEY_ID ${AWS_EC2_METADATA_DISABLED-on} ${CUMULUS_ROOT-none}"
            cumulus Install-Bundle 'a b'
            """);

        Assert.Equal(
            $"{cloud.Info.Endpoint} us-east-1 us-east-1 {cloud.Info.AccessKeyId} on none\nfake cumulus: --as given Install-Bundle a b\n",
            await File.ReadAllTextAsync(host.BootLog));
    }

    [Fact]
    public async Task Each_host_serves_on_the_same_port_at_its_own_address()
    {
        const string server = """
            #!/bin/sh
            mkdir /srv/site && echo "$CUMULUS_INSTANCE_ID" > /srv/site/index.html
            cd /srv/site && python3 -m http.server --bind "$CUMULUS_HOST_ADDRESS" 8765 &
            """;
        var hosts = new[] { await cloud.BootAsync(server), await cloud.BootAsync(server) };

        using var http = new HttpClient();
        foreach (var host in hosts)
        {
            var content = "";
            await CloudFixture.UntilAsync(async () =>
            {
                try
                {
                    content = await http.GetStringAsync($"http://{host.Address}:8765/index.html", CloudFixture.Within());
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }, () => $"no answer from {host.Address}");
            Assert.Equal(host.InstanceId + "\n", content);
        }
        Assert.NotEqual(hosts[0].Address, hosts[1].Address);
    }

    [Fact]
    public async Task A_failing_boot_is_told_with_its_exit_code_and_the_host_still_runs()
    {
        var host = await cloud.BootAsync("#!/bin/bash\necho before\nexit 42\n");

        Assert.Equal(42, host.BootExitCode);
        Assert.Equal("before\n", await File.ReadAllTextAsync(host.BootLog));
    }

    [Theory]
    [InlineData("#cloud-config\npackages: [nginx]\n", "#cloud-config is not something that LocalCloud executes.")]
    [InlineData("<script>\necho hi\n</script>", "<script> is not something that LocalCloud executes.")]
    [InlineData("echo without first line", "user data that does not start with #! is not something that LocalCloud executes.")]
    public async Task User_data_that_is_no_script_is_refused_by_name(string userData, string note)
    {
        var host = await cloud.BootAsync(userData);

        Assert.Null(host.BootExitCode);
        Assert.Equal(note, host.BootNote);
        Assert.Equal($"LocalCloud did not run the user data: {note}\n", await File.ReadAllTextAsync(host.BootLog));
    }

    [Fact]
    public async Task An_instance_without_user_data_boots_at_once()
    {
        var host = await cloud.BootAsync("");

        Assert.Equal(0, host.BootExitCode);
    }

    [Fact]
    public async Task Terminating_the_instance_ends_its_processes()
    {
        var host = await cloud.BootAsync("#!/bin/sh\nsetsid sleep 7777 &\nsleep 7778 &\n");
        // The script's own process may take a moment to go.
        await CloudFixture.UntilAsync(() => Task.FromResult(ProcessesOf(host) == 2), () => $"{ProcessesOf(host)} processes");

        await cloud.Ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [host.InstanceId] }, CloudFixture.Within());

        await cloud.HostAsync(host.InstanceId, h => h.State == LocalCloudHostState.Terminated);
        await CloudFixture.UntilAsync(() => Task.FromResult(ProcessesOf(host) == 0), () => $"{ProcessesOf(host)} processes");
        Assert.True(Directory.Exists(host.RootPath));
    }

    [Fact]
    public async Task An_instance_that_is_terminated_while_it_boots_does_not_run_on()
    {
        var id = await cloud.RunInstanceAsync("#!/bin/sh\nsleep 7779\n");
        var host = await cloud.HostAsync(id, h => h.State == LocalCloudHostState.Booting);
        await CloudFixture.UntilAsync(() => Task.FromResult(ProcessesOf(host) > 0), () => "not started");

        await cloud.Ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [id] }, CloudFixture.Within());

        await cloud.HostAsync(id, h => h.State == LocalCloudHostState.Terminated);
        await CloudFixture.UntilAsync(() => Task.FromResult(ProcessesOf(host) == 0), () => $"{ProcessesOf(host)} processes");
    }

    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html; user data: only at the first boot
    [Fact]
    public async Task A_stopped_instance_is_started_again_with_its_files_and_without_its_user_data()
    {
        var host = await cloud.BootAsync("""
            #!/bin/sh
            echo first
            mkdir -p /var/lib/cloud/scripts/per-boot
            printf '#!/bin/sh\necho each boot\n' > /var/lib/cloud/scripts/per-boot/hello
            chmod +x /var/lib/cloud/scripts/per-boot/hello
            """);
        await cloud.Ec2.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [host.InstanceId] }, CloudFixture.Within());
        await cloud.HostAsync(host.InstanceId, h => h.State == LocalCloudHostState.Stopped);

        await cloud.AwsAsync("ec2", "start-instances", "--instance-ids", host.InstanceId);
        var started = await cloud.HostAsync(host.InstanceId, h => h.State == LocalCloudHostState.Running);
        await cloud.AwsAsync("ec2", "reboot-instances", "--instance-ids", host.InstanceId);
        await CloudFixture.UntilAsync(async () => (await File.ReadAllLinesAsync(host.BootLog)).Length == 3, () => File.ReadAllText(host.BootLog));

        Assert.Equal((host.Address, host.RootPath), (started.Address, started.RootPath));
        Assert.Equal("first\neach boot\neach boot\n", await File.ReadAllTextAsync(host.BootLog));
    }

    /// <summary>Processes that have this host in their environment: what its scripts started.</summary>
    private static int ProcessesOf(LocalCloudHost host) => Directory.EnumerateDirectories("/proc")
        .Where(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out _))
        .Count(path =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(path, "environ")).Contains($"CUMULUS_INSTANCE_ID={host.InstanceId}", StringComparison.Ordinal) &&
                    File.ReadAllText(Path.Combine(path, "comm")).StartsWith("sleep", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });
}
