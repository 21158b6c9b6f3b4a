using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>Hosts fetch what changed, and nothing that they are lied to about.</summary>
public sealed class DeltaTests : IDisposable
{
    private const int Files = 20;

    private readonly HostFixture _on = new();

    private static string Key => KeyOf("web", "2");

    public void Dispose() => _on.Dispose();

    [Fact]
    public async Task Of_many_files_only_the_changed_one_is_fetched()
    {
        BundleManifest second = await PublishAsync(Many(), Many((7, "new")));
        IReadOnlyList<InstalledBundle> installed = await _on.InstallAsync("2", "web");

        BundleEntry changed = Entry(second, "srv/07");
        Assert.Equal([(changed.DataOffset!.Value, (int)changed.DataLength!.Value)], _on.Store.Ranges);
        Assert.Equal((changed.DataLength.Value, second.Size, 1), (installed[0].BytesFetched, installed[0].ArchiveSize, installed[0].Changed));
        Assert.Contains(_on.Log, l => l.StartsWith("Fetching 1 of 20 files, 0.0", StringComparison.Ordinal) && l.Contains(" MB, of s3://b/", StringComparison.Ordinal));
        Assert.Equal(Text(7, "new"), _on.Host.Read("srv/07"));
        Assert.Equal(Text(8), _on.Host.Read("srv/08"));
    }

    [Fact]
    public async Task Files_side_by_side_come_by_one_request_and_equal_contents_once()
    {
        BundleManifest second = await PublishAsync(Many(), [.. Many((7, "new"), (8, "new"), (9, "other")), ("srv/19-copy", Text(7, "new"))]);
        await _on.InstallAsync("2", "web");
        long start = Entry(second, "srv/07").DataOffset!.Value;
        BundleEntry last = Entry(second, "srv/09");
        Assert.Equal([(start, (int)(last.DataOffset!.Value + last.DataLength!.Value - start))], _on.Store.Ranges);
        Assert.Equal((Text(7, "new"), Text(8, "new"), Text(9, "other")), (_on.Host.Read("srv/19-copy"), _on.Host.Read("srv/08"), _on.Host.Read("srv/09")));
    }

    [Fact]
    public async Task Most_of_it_changed_takes_the_whole_archive_and_says_so()
    {
        await PublishAsync(Many(), Many([.. Enumerable.Range(0, 12).Select(i => (i, "new"))]));
        InstalledBundle installed = (await _on.InstallAsync("2", "web"))[0];
        Assert.Equal(installed.ArchiveSize, installed.BytesFetched);
        Assert.Contains(_on.Log, l => l.StartsWith($"Fetching all of s3://b/{Key}, ", StringComparison.Ordinal) && l.EndsWith(": 12 of 20 files are needed.", StringComparison.Ordinal));
        Assert.Equal(Text(3, "new"), _on.Host.Read("srv/03"));
    }

    [Fact]
    public async Task Empty_files_links_and_folders_take_nothing_of_the_archive()
    {
        await PublishAsync(Many(), [.. Many(), ("srv/empty", ""), ("srv/link", "-> 07"), ("srv/folder/", "0700")]);
        IReadOnlyList<InstalledBundle> installed = await _on.InstallAsync("2", "web");
        Assert.Equal((0, 2), (installed[0].BytesFetched, installed[0].Changed));
        Assert.DoesNotContain($"Find {Key}", _on.Store.Calls);
        Assert.Equal(("", Text(7)), (_on.Host.Read("srv/empty"), _on.Host.Read("srv/link")));
    }

    [Fact]
    public async Task A_file_that_only_moved_is_taken_from_the_host()
    {
        await PublishAsync(Many(), [.. Many((7, "new")).Where(f => f.Name != "srv/03"), ("srv/moved", Text(3))]);
        IReadOnlyList<InstalledBundle> installed = await _on.InstallAsync("2", "web");
        Assert.Single(_on.Store.Ranges);
        Assert.Contains(_on.Log, l => l.StartsWith("On this host under other names: 1 of the 2 files", StringComparison.Ordinal));
        Assert.Equal((Text(3), Text(7, "new"), 3), (_on.Host.Read("srv/moved"), _on.Host.Read("srv/07"), installed[0].Changed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_moved_and_was_changed_by_hand_is_fetched(bool sameSize)
    {
        BundleManifest second = await PublishAsync(Many(), [.. Many().Where(f => f.Name != "srv/03"), ("srv/moved", Text(3))]);
        _on.Host.Write("srv/03", sameSize ? new string('x', Text(3).Length) : "x");
        await _on.InstallAsync("2", "web");
        Assert.Equal(Entry(second, "srv/moved").DataOffset!.Value, Assert.Single(_on.Store.Ranges).Offset);
        Assert.Equal(Text(3), _on.Host.Read("srv/moved"));
    }

    [Fact]
    public async Task Other_bytes_in_a_range_are_refused_and_the_host_stays()
    {
        BundleManifest second = await PublishAsync(Many(), Many((7, "new")));
        byte[] archive = [.. _on.Store[Key]];
        archive[Entry(second, "srv/07").DataOffset!.Value + 100] ^= 1;
        _on.Store[Key] = archive;
        await RefusedAsync(ErrorIds.BundleInvalid, ErrorIds.BundleDigestMismatch);
    }

    [Fact]
    public async Task An_object_that_is_replaced_between_two_ranges_is_refused_and_the_next_try_is_right()
    {
        await PublishAsync(Many(), Many((2, "new"), (15, "new")));
        byte[] archive = _on.Store[Key];
        int ranges = 0;
        _on.Store.BeforeRange = (key, _) =>
        {
            if (++ranges == 2) _on.Store[key] = [.. archive, 0];
            return Task.FromResult<ReadOutcome?>(null);
        };
        CumulusException e = await RefusedAsync(ErrorIds.BundleDigestMismatch);
        Assert.Contains("was replaced or removed while it was fetched", e.Message);

        _on.Store[Key] = archive;
        _on.Store.BeforeRange = null;
        await _on.InstallAsync("2", "web");
        Assert.Equal(Text(15, "new"), _on.Host.Read("srv/15"));
    }

    [Fact]
    public async Task An_endpoint_without_ranges_gives_the_whole_archive_by_one_request_and_that_is_said()
    {
        BundleManifest second = await PublishAsync(Many(), Many((7, "new")));
        _on.Store.BeforeRange = (_, _) => Task.FromResult<ReadOutcome?>(ReadOutcome.Whole);
        InstalledBundle installed = (await _on.InstallAsync("2", "web"))[0];
        Assert.Equal(second.Size, installed.BytesFetched);
        Assert.Contains(_on.Log, l => l.EndsWith("the endpoint knows no ranges.", StringComparison.Ordinal));
        Assert.Contains($"Download {Key}", _on.Store.Calls);
        Assert.Equal(Text(7, "new"), _on.Host.Read("srv/07"));
    }

    [Theory]
    [InlineData(-1, 0, ErrorIds.BundleUnsafe)]
    [InlineData(0, -5, ErrorIds.BundleUnsafe)]
    [InlineData(1_000_000_000_000, 0, ErrorIds.BundleUnsafe)]
    [InlineData(long.MaxValue, 0, ErrorIds.BundleUnsafe)]
    [InlineData(0, long.MaxValue, ErrorIds.BundleUnsafe)]
    [InlineData(1000, 0, ErrorIds.BundleInvalid)]
    public async Task A_manifest_that_lies_about_where_a_file_is_installs_nothing(long moved, long longer, string errorId)
    {
        BundleManifest second = await PublishAsync(Many(), Many((7, "new")));
        Tell(second, e => e.Name == "srv/07" ? e with { DataOffset = moved is -1 or > 100_000 ? moved : e.DataOffset + moved, DataLength = longer < 0 ? longer : longer > 0 ? longer : e.DataLength } : e);
        await RefusedAsync(errorId, ErrorIds.BundleDigestMismatch);
    }

    [Fact]
    public async Task A_manifest_that_names_another_files_bytes_installs_nothing()
    {
        BundleManifest second = await PublishAsync(Many(), Many((7, "new")));
        Tell(second, e => e.Name == "srv/07" ? e with { DataOffset = Entry(second, "srv/08").DataOffset, DataLength = Entry(second, "srv/08").DataLength } : e);
        await RefusedAsync(ErrorIds.BundleDigestMismatch);
    }

    [Fact]
    public async Task Files_that_overlap_by_what_the_manifest_says_are_refused_before_anything_is_fetched()
    {
        BundleManifest second = await PublishAsync(Many(), Many((7, "new"), (8, "new")));
        Tell(second, e => e.Name == "srv/08" ? e with { DataOffset = Entry(second, "srv/07").DataOffset + 5 } : e);
        CumulusException e = await RefusedAsync(ErrorIds.BundleUnsafe);
        Assert.Contains("overlaps", e.Message);
        Assert.Empty(_on.Store.Ranges);
    }

    [Fact]
    public async Task A_manifest_without_places_leads_to_the_whole_archive()
    {
        BundleManifest second = await PublishAsync(Many(), Many((7, "new")));
        Tell(second, e => e with { DataOffset = null, DataLength = null });
        InstalledBundle installed = (await _on.InstallAsync("2", "web"))[0];
        Assert.Equal(second.Size, installed.BytesFetched);
        Assert.Contains(_on.Log, l => l.EndsWith("its manifest does not tell where its files are.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_manifest_the_whole_archive_is_fetched()
    {
        await PublishAsync(Many(), Many((7, "new")));
        _on.Store.Remove(Key + BundleManifest.Suffix);
        InstalledBundle installed = (await _on.InstallAsync("2", "web"))[0];
        Assert.Equal((installed.ArchiveSize, _on.Store[Key].LongLength), (installed.BytesFetched, installed.ArchiveSize));
        Assert.Contains(_on.Log, l => l.EndsWith("it has no manifest.", StringComparison.Ordinal));
        Assert.Equal(Text(7, "new"), _on.Host.Read("srv/07"));
    }

    [Fact]
    public async Task A_download_that_breaks_off_is_gone_on_with_by_the_next_run()
    {
        BundleManifest first = await PublishLargeAsync();
        BreakAt(RangeReader.Piece);
        CumulusException e = await _on.FailAsync("1", "web");
        Assert.Equal(ErrorIds.EndpointUnreachable, e.ErrorId);
        Assert.Equal(RangeReader.Piece, new FileInfo(Assert.Single(Directory.GetFiles(Partials))).Length);

        _on.Store.BeforeRange = null;
        _on.Store.Ranges.Clear();
        InstalledBundle installed = (await _on.InstallAsync("1", "web"))[0];
        Assert.Equal((RangeReader.Piece, first.Size - RangeReader.Piece), (_on.Store.Ranges[0].Offset, installed.BytesFetched));
        Assert.Contains(_on.Log, l => l.EndsWith("are here from an earlier run.", StringComparison.Ordinal));
        Assert.Equal(Large(1), _on.Host.Read("srv/1"));
        Assert.False(Directory.Exists(Partials));
    }

    [Fact]
    public async Task What_is_left_of_another_archive_is_not_gone_on_with_and_goes_after_a_day()
    {
        await PublishLargeAsync();
        BreakAt(RangeReader.Piece);
        await _on.FailAsync("1", "web");
        _on.Store.BeforeRange = null;

        await _on.PublishAsync("web", "1", ("srv/1", Large(3)));
        await _on.InstallAsync("1", "web");
        Assert.Equal(Large(3), _on.Host.Read("srv/1"));
        string left = Assert.Single(Directory.GetFiles(Partials));

        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-2));
        await _on.PublishAsync("web", "1", ("srv/1", Large(4)));
        await _on.InstallAsync("1", "web");
        Assert.False(Directory.Exists(Partials));
    }

    [Fact]
    public async Task A_partial_download_that_was_damaged_is_refused_and_the_next_run_fetches_all()
    {
        BundleManifest first = await PublishLargeAsync();
        BreakAt(RangeReader.Piece);
        await _on.FailAsync("1", "web");
        _on.Store.BeforeRange = null;

        File.WriteAllBytes(Assert.Single(Directory.GetFiles(Partials)), new byte[RangeReader.Piece]);
        Assert.Equal(ErrorIds.BundleDigestMismatch, (await _on.FailAsync("1", "web")).ErrorId);
        Assert.Equal(first.Size, (await _on.InstallAsync("1", "web"))[0].BytesFetched);
    }

    [Fact]
    public async Task Pieces_that_come_out_of_order_are_put_in_order()
    {
        await _on.PublishAsync("web", "1", ("srv/1", Large(1)), ("srv/2", Large(2)), ("srv/3", Large(3)));
        var third = new TaskCompletionSource();
        _on.Store.BeforeRange = async (_, offset) =>
        {
            if (offset == 0) await third.Task;
            if (offset == 2 * RangeReader.Piece) third.SetResult();
            return null;
        };
        await _on.InstallAsync("1", "web");
        Assert.Equal(RangeReader.Piece, _on.Store.Ranges[0].Offset);
        Assert.Equal((Large(1), Large(2), Large(3)), (_on.Host.Read("srv/1"), _on.Host.Read("srv/2"), _on.Host.Read("srv/3")));
    }

    private string Partials => Path.Combine(HostPaths.For(_on.Host.Path, OperatingSystem.IsWindows()).StateFolder, "partial");

    private void BreakAt(long offset) =>
        _on.Store.BeforeRange = (_, at) => at >= offset ? throw new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "gone") : Task.FromResult<ReadOutcome?>(null);

    /// <summary>Publishes two versions and installs the first; what was asked of the bucket until then is forgotten.</summary>
    private async Task<BundleManifest> PublishAsync((string Name, string Content)[] first, (string Name, string Content)[] second)
    {
        await _on.PublishAsync("web", "1", first);
        await _on.PublishAsync("web", "2", second);
        await _on.InstallAsync("1", "web");
        _on.Store.Ranges.Clear();
        _on.Store.Calls.Clear();
        _on.Log.Clear();
        return Manifest("2");
    }

    private async Task<BundleManifest> PublishLargeAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/1", Large(1)), ("srv/2", Large(2)));
        return Manifest("1");
    }

    private BundleManifest Manifest(string version) => BundleManifest.Read(_on.Store[KeyOf("web", version) + BundleManifest.Suffix], "m", forWindows: false);

    private void Tell(BundleManifest manifest, Func<BundleEntry, BundleEntry> change) =>
        _on.Store[Key + BundleManifest.Suffix] = (manifest with { Entries = [.. manifest.Entries.Select(change)] }).ToBytes();

    private async Task<CumulusException> RefusedAsync(params string[] errorIds)
    {
        var before = _on.Snapshot();
        CumulusException e = await _on.FailAsync("2", "web");
        Assert.Contains(e.ErrorId, errorIds);
        Assert.Equal(before, _on.Snapshot());
        return e;
    }

    private static BundleEntry Entry(BundleManifest manifest, string name) => manifest.Entries.Single(e => e.Name == name);

    private static (string Name, string Content)[] Many(params (int File, string Salt)[] changed) =>
        [.. Enumerable.Range(0, Files).Select(i => ($"srv/{i:00}", Text(i, changed.FirstOrDefault(c => c.File == i).Salt ?? "")))];

    private static string Text(int file, string salt = "") => Noise($"{file} {salt}", 40_000);

    private static string Large(int file) => Noise($"large {file}", 5_000_000);

    // Shrinks by a quarter and no more, and is the same each time.
    private static string Noise(string seed, int length)
    {
        byte[] noise = new byte[length * 3 / 4];
        new Random(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(seed)))).NextBytes(noise);
        return Convert.ToBase64String(noise);
    }
}
