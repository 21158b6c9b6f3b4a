using System.Diagnostics;
using System.Globalization;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>
/// Installs two bundles of 300 files in a process that is killed with SIGKILL, at steps and at any instant, and then again in one that
/// is left alone. <c>CUMULUS_KILL_RUNS</c> says how many kills there are; 40 without it.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int Killed = 128 + 9;
    private readonly TempFolder _work = new();
    private readonly string _fast;

    public KillTests() => _fast = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : _work.Path, $"cumulus-kill-{Guid.NewGuid():N}")).FullName;

    public void Dispose()
    {
        Directory.Delete(_fast, recursive: true);
        _work.Dispose();
    }

    [NeedsFact(Need.Unix)]
    public async Task A_run_that_is_killed_anywhere_leaves_whole_files_and_the_next_one_ends_with_the_new_version_D20()
    {
        int runs = int.Parse(Environment.GetEnvironmentVariable("CUMULUS_KILL_RUNS") ?? "40", CultureInfo.InvariantCulture);
        string[] first = [await BuildAsync("web", 1), await BuildAsync("data", 1)];
        string[] second = [await BuildAsync("web", 2), await BuildAsync("data", 2)];
        string template = Path.Combine(_fast, "template");
        await InstallHereAsync(template, first);
        SortedDictionary<string, string> old = Snapshot(template);
        string updated = Copy(template, "updated");
        (int exit, string output) = Victim(updated, -2, 0, second);
        Assert.Equal(0, exit);
        SortedDictionary<string, string> wanted = Snapshot(updated);
        int[] told = [.. output.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        (int steps, int microseconds) = (told[0], told[1]);
        Assert.True(steps > 200, output);

        var random = new Random(20260301);
        int hit = 0;
        for (int run = 0; run < runs; run++)
        {
            // Half of them right after a step, a quarter some time after one, a quarter at any time at all.
            (int step, int delay) = (run % 4) switch
            {
                0 or 2 => (runs >= 2 * steps ? run / 2 % steps : random.Next(steps), 0),
                1 => (random.Next(steps), random.Next(1, 2000)),
                _ => (-1, random.Next(1, microseconds)),
            };
            string host = Copy(template, "host");
            string at = $"run {run}, step {step} and {delay} us";
            (exit, output) = Victim(host, step, delay, second);
            Assert.True(exit is 0 or Killed, $"{at}: exit code {exit}, {output}");
            if (exit == Killed) hit++;
            AssertWhole(Snapshot(host), old, wanted, at);

            (exit, output) = Victim(host, -2, 0, second);
            Assert.True(exit == 0, $"{at}: the next run ended with {exit}: {output}");
            AssertSame(wanted, Snapshot(host), at);
            AssertTidy(host, at);
            Directory.Delete(host, recursive: true);
        }

        Assert.True(hit >= runs * 3 / 4, $"only {hit} of {runs} runs were killed");
    }

    [NeedsFact(Need.Unix)]
    public async Task A_run_that_is_killed_is_undone_by_going_back_too_D20()
    {
        string[] first = [await BuildAsync("web", 1), await BuildAsync("data", 1)];
        string[] second = [await BuildAsync("web", 2), await BuildAsync("data", 2)];
        string host = Path.Combine(_fast, "host");
        await InstallHereAsync(host, first);
        SortedDictionary<string, string> old = Snapshot(host);
        Assert.Equal(Killed, Victim(host, 200, 0, second).Exit);
        Assert.NotEqual(old, Snapshot(host));
        await new BundleInstaller(null).RestoreAsync(new RestoreRequest { RootPath = host }, default);
        AssertSame(old, Snapshot(host), "restored");
        AssertTidy(host, "restored");
    }

    /// <summary>Every file is that of the old or of the new version, and what both have is there.</summary>
    private static void AssertWhole(SortedDictionary<string, string> now, SortedDictionary<string, string> old, SortedDictionary<string, string> wanted, string at)
    {
        foreach ((string path, string content) in now)
        {
            bool whole = content == old.GetValueOrDefault(path) || content == wanted.GetValueOrDefault(path);
            Assert.True(whole || content.EndsWith("folder", StringComparison.Ordinal), $"{at}: {path} is neither old nor new: {content}");
        }

        string[] lost = [.. old.Keys.Intersect(wanted.Keys).Where(path => !now.ContainsKey(path) && !path.Contains("kind", StringComparison.Ordinal))];
        Assert.True(lost.Length == 0, $"{at}: lost {string.Join(", ", lost)}");
    }

    private static void AssertSame(SortedDictionary<string, string> expected, SortedDictionary<string, string> now, string at)
    {
        string[] differ = [.. expected.Keys.Union(now.Keys).Where(k => expected.GetValueOrDefault(k) != now.GetValueOrDefault(k))];
        Assert.True(differ.Length == 0, $"{at}: differ {string.Join(", ", differ.Take(10).Select(d => $"{d} ({Short(expected, d)}, not {Short(now, d)})"))}");

        static string Short(SortedDictionary<string, string> files, string path) => files.TryGetValue(path, out string? text) ? text[..Math.Min(30, text.Length)] : "nothing";
    }

    private static void AssertTidy(string host, string at)
    {
        string[] left = [.. Directory.EnumerateFileSystemEntries(Path.Combine(host, "var/lib/cumulus")).Select(f => Path.GetFileName(f)!)
            .Except(["install.lock", "installed.json", "installed.stamps", "kept", "versions", "originals"])];
        Assert.True(left.Length == 0, $"{at}: left over {string.Join(", ", left)}");
    }

    private async Task<string> BuildAsync(string name, int version)
    {
        string source = _work.Folder($"{name}-{version}");
        for (int i = 0; i < 150; i++)
        {
            // A third stays, a third changes, and of the rest half goes and half comes.
            bool there = (i % 3) switch { 2 => version == 1 ? i % 2 == 0 : i % 2 == 1, _ => true };
            if (!there) continue;
            string path = Path.Combine(source, "srv", name, $"{i % 7}", $"file{i}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, string.Concat(Enumerable.Repeat($"{name} {i} {(i % 3 == 0 ? 0 : version)}\n", i * 20)));
        }

        string kind = Path.Combine(source, "srv", name, "kind");
        if (version == 1) File.WriteAllText(kind, "file");
        else Directory.CreateDirectory(kind);
        if (version == 2) File.WriteAllText(Path.Combine(kind, "below"), "below");
        File.CreateSymbolicLink(Path.Combine(source, "srv", name, "link"), $"0/file{(version == 1 ? 0 : 7)}");
        string scripts = Directory.CreateDirectory(Path.Combine(source, "etc/cumulus-init.d")).FullName;
        foreach (string script in (string[])[$"K-{name}", $"S-{name}"])
        {
            File.WriteAllText(Path.Combine(scripts, script), Script(script));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(scripts, script), EntryMode.DefaultFolder);
        }

        return (await new BundleBuilder().BuildAsync(BundleRequest.FromPath(name, source, _work[$"out-{version}"]) with { Environment = "stage", Version = $"{version}" }, default)).Path;
    }

    private static Task InstallHereAsync(string host, string[] archives)
    {
        Directory.CreateDirectory(Path.Combine(host, "srv/web"));
        File.WriteAllText(Path.Combine(host, "srv/web/kind-of-mine"), "mine");
        return new BundleInstaller(null).InstallAsync(new InstallRequest { RootPath = host, Bundles = [.. archives.Select(a => InstallSource.InFile(a))] }, default);
    }

    private string Copy(string from, string name)
    {
        string to = Path.Combine(_fast, name);
        using Process cp = Process.Start("cp", ["-a", from, to]);
        cp.WaitForExit();
        Assert.Equal(0, cp.ExitCode);
        return to;
    }

    private static (int Exit, string Output) Victim(string host, int step, int microseconds, string[] archives)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Cumulus.InstallVictim.dll");
        var info = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        foreach (string argument in (string[])["exec", program, host, $"{step}", $"{microseconds}", .. archives]) info.ArgumentList.Add(argument);
        using Process process = Process.Start(info)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
