using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>What is known of installed files without reading them.</summary>
public sealed class StampTests : IDisposable
{
    private static readonly string Sha = new('a', 64);
    private static readonly FileStamp Stamp = new(5, 100, 200, 7, 0);
    private readonly HostFixture _on = new();
    private readonly HostPaths _paths;

    public StampTests() => _paths = HostPaths.For(_on.Host.Path, windows: false);

    public void Dispose() => _on.Dispose();

    private static BundleEntry Entry(string name) => new() { Name = name, Type = BundleEntryType.File, Mode = EntryMode.DefaultFile, Size = 5, Sha256 = Sha };

    private static InstalledState State(string transaction = "t") => new()
    {
        Transaction = transaction,
        Sequence = 1,
        Bundles = [new InstalledRecord { Name = "web", Version = "1", Digest = "d", Path = "srv", Installed = default, Entries = [Entry("x"), Entry("y")] }],
    };

    private InstalledStamps? WriteAndRead(FileStamp? x = null)
    {
        Directory.CreateDirectory(_paths.StateFolder);
        InstalledStamps.Write(_paths, State(), path => path == "srv/x" ? x ?? Stamp : null);
        return InstalledStamps.Read(_paths, State());
    }

    [Fact]
    public void Stamps_are_those_of_their_entries()
    {
        InstalledStamps stamps = WriteAndRead()!;
        Assert.Equal((Stamp, null, null), (stamps[0], stamps[1], stamps[2]));
    }

    [Fact]
    public void Stamps_of_another_install_and_damaged_ones_are_none()
    {
        WriteAndRead();
        Assert.Null(InstalledStamps.Read(_paths, State("other")));
        string file = Path.Combine(_paths.StateFolder, "installed.stamps");
        byte[] all = File.ReadAllBytes(file);
        for (int i = 0; i < all.Length; i += 7)
        {
            byte[] damaged = [.. all];
            damaged[i] ^= 0x10;
            File.WriteAllBytes(file, damaged);
            Assert.Null(InstalledStamps.Read(_paths, State()));
            File.WriteAllBytes(file, all[..i]);
            Assert.Null(InstalledStamps.Read(_paths, State()));
        }
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void A_file_whose_stamp_is_as_recorded_is_not_read_and_any_other_is(long changed, bool known)
    {
        InstalledStamps stamps = WriteAndRead()!;
        var host = new OneFile(new HostFile(BundleEntryType.File, EntryMode.DefaultFile, 5, null) { Stamp = Stamp with { Changed = changed, Device = 9 } });
        BundleOffer offer = BundleOffer.Of(State().Bundles[0]) with { Entries = [Entry("x")] };
        HostChanges changes = new InstallPlanner(_paths, State(), [offer], host, stamps).Compute([], keepOldFiles: false);
        Assert.Equal(known ? [] : ["srv/x"], host.Read);
        Assert.Empty(changes.Places);
        Assert.Equal(!known, changes.HasRead);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, false)]
    [InlineData(50, true)]
    public void A_stamp_of_this_very_moment_proves_nothing(int milliseconds, bool trusted)
    {
        DateTimeOffset changed = DateTimeOffset.UnixEpoch.AddTicks(17_000_000_000_000_001);
        FileStamp stamp = Stamp with { Changed = (changed - DateTimeOffset.UnixEpoch).Ticks * 100 };
        Assert.Equal(trusted, InstalledStamps.Trusted(stamp, changed.AddMilliseconds(milliseconds)) is not null);
        Assert.Null(InstalledStamps.Trusted(null, changed.AddDays(1)));
    }

    [Fact]
    public void Where_times_are_whole_seconds_a_stamp_has_to_be_older()
    {
        DateTimeOffset changed = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);
        FileStamp stamp = Stamp with { Changed = 1_700_000_000L * 1_000_000_000 };
        Assert.Null(InstalledStamps.Trusted(stamp, changed.AddSeconds(1)));
        Assert.NotNull(InstalledStamps.Trusted(stamp, changed.AddSeconds(3)));
    }

    [Fact]
    public async Task A_file_that_was_changed_and_whose_size_and_time_were_set_back_is_found()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "right"));
        await _on.InstallAsync("1", "web");
        DateTime written = File.GetLastWriteTimeUtc(_on.Host["srv/x"]);
        File.WriteAllText(_on.Host["srv/x"], "wrong");
        File.SetLastWriteTimeUtc(_on.Host["srv/x"], written);
        Assert.Equal(1, Assert.Single(await _on.InstallAsync("1", "web")).Changed);
        Assert.Equal("right", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task What_a_start_script_does_to_a_file_is_found_by_the_next_install()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "right"), ("etc/cumulus-init.d/S1", "#!/bin/sh\nprintf wrong > \"$CUMULUS_ROOT/srv/x\""));
        await _on.InstallAsync("1", "web");
        Assert.Equal(1, Assert.Single(await _on.InstallAsync("1", "web")).Changed);
    }

    private sealed class OneFile(HostFile file) : IHostView
    {
        public List<string> Read { get; } = [];

        public HostFile? Look(string hostPath) => hostPath == "srv/x" ? file : null;

        public string Sha256(string hostPath)
        {
            Read.Add(hostPath);
            return Sha;
        }
    }
}
