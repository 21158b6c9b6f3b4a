using System.IO.Compression;
using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>All three formats hold the same, tell the same to other programs, and are the same bytes for the same content (D-16, D-28).</summary>
public sealed class ArchiveFormatTests : IDisposable
{
    private const string Describe = """
        import hashlib, json, sys, tarfile, zipfile
        path, found = sys.argv[1], {}
        if path.endswith('.zip'):
            z = zipfile.ZipFile(path)
            assert z.testzip() is None
            for i in z.infolist():
                kind, mode = (i.external_attr >> 28) & 15, (i.external_attr >> 16) & 0o7777
                data = z.read(i)
                found[i.filename.rstrip('/')] = ['folder', oct(mode), ''] if kind == 4 else ['link', '', data.decode()] if kind == 10 \
                    else ['file', oct(mode), hashlib.sha256(data).hexdigest()]
        else:
            t = tarfile.open(path)
            for m in t:
                found[m.name] = ['folder', oct(m.mode), ''] if m.isdir() else ['link', '', m.linkname] if m.issym() \
                    else ['file', oct(m.mode), hashlib.sha256(t.extractfile(m).read()).hexdigest()]
        print(json.dumps(found))
        """;

    private readonly TempFolder _folder = new();

    public static TheoryData<BundleFormat> Formats { get; } = new(Enum.GetValues<BundleFormat>());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Python_finds_every_entry_as_it_is_on_disk_D16(BundleFormat format)
    {
        string site = WriteTree("site");
        Bundle bundle = await BuildAsync(format, site, "out");

        var found = JsonSerializer.Deserialize<SortedDictionary<string, string[]>>(Tool.Run("python3", "-c", Describe, bundle.Path))!;
        BundleManifest manifest = await BundleManifest.ReadAsync(bundle.ManifestPath, forWindows: false, default);
        var expected = manifest.Entries.ToDictionary(e => e.Name, Told);

        Assert.Equal(Hash(bundle.Path), manifest.Sha256);
        Assert.Equal(14, manifest.Entries.Count);
        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), found.OrderBy(e => e.Key, StringComparer.Ordinal));
        Assert.All(manifest.Entries.Where(e => e.Type == BundleEntryType.File), e =>
            Assert.Equal(Hash(Path.Combine(site, e.Name)), e.Sha256));
    }

    /// <summary>What is copied is hashed while it is in memory, what is new when it is on disk.</summary>
    [Fact]
    public async Task An_archive_that_was_put_together_from_an_earlier_one_has_the_digest_of_its_bytes()
    {
        string site = WriteTree("site");
        BundleRequest request = BundleRequest.FromPath("web", site, _folder["out"]) with { Cache = new BuildCacheFolder(_folder["cache"]) };
        var builder = new BundleBuilder(clock: new Later());
        await builder.BuildAsync(request, default);
        _folder.Write("site/text.txt", "changed");
        Bundle again = await builder.BuildAsync(request, default);
        Assert.Equal(Hash(again.Path), again.Sha256);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Unzip_and_tar_find_no_fault_D16(BundleFormat format)
    {
        Bundle bundle = await BuildAsync(format, WriteTree("site"), "out");

        if (format == BundleFormat.Zip) Assert.Contains("No errors detected", Tool.Run("unzip", "-t", bundle.Path));
        else Assert.Equal(14, Tool.Run("tar", "tf", bundle.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        if (format == BundleFormat.TarGz) Tool.Run("gzip", "-t", bundle.Path);
    }

    [NeedsTheory("7z")]
    [MemberData(nameof(Formats))]
    public async Task Seven_zip_finds_no_fault_D16(BundleFormat format) =>
        Assert.Contains("Everything is Ok", Tool.Run("7z", "t", (await BuildAsync(format, WriteTree("site"), "out")).Path));

    [NeedsFact("bzip2")]
    public async Task Bzip2_finds_no_fault_D16() => Tool.Run("bzip2", "-t", (await BuildAsync(BundleFormat.TarBz2, WriteTree("site"), "out")).Path);

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Tar_and_unzip_restore_modes_links_and_empty_folders_D42(BundleFormat format)
    {
        Bundle bundle = await BuildAsync(format, WriteTree("site"), "out");
        string there = _folder.Folder("restored");

        if (format == BundleFormat.Zip) Tool.Run("unzip", "-q", bundle.Path, "-d", there);
        else Tool.Run("tar", "xf", bundle.Path, "-C", there);

        Assert.Equal("text.txt", new FileInfo(Path.Combine(there, "latest")).LinkTarget);
        Assert.True(Directory.Exists(Path.Combine(there, "empty")));
        Assert.Equal(("0755", "0600"), (Mode("run.sh"), Mode("secret")));
        Assert.Equal(File.ReadAllBytes(_folder["site/big.txt"]), File.ReadAllBytes(Path.Combine(there, "big.txt")));

        string Mode(string name) => EntryMode.Octal(_folder.Mode("restored/" + name));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Equal_content_gives_equal_bytes_and_digests_elsewhere_and_on_another_day_D28(BundleFormat format)
    {
        Bundle one = await BuildAsync(format, WriteTree("site"), "out");
        string later = WriteTree("another place/site");
        foreach (string file in Directory.GetFiles(later, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6));
        Bundle two = await BuildAsync(format, later, "out2");

        Assert.Equal(File.ReadAllBytes(one.Path), File.ReadAllBytes(two.Path));
        Assert.Equal(one.Digest, two.Digest);
    }

    [Fact]
    public async Task The_content_digest_does_not_depend_on_format_or_effort_D28()
    {
        string site = WriteTree("site");
        Bundle[] bundles =
        [
            await BuildAsync(BundleFormat.Zip, site, "1"),
            await BuildAsync(BundleFormat.TarGz, site, "2"),
            await BuildAsync(BundleFormat.TarBz2, site, "3"),
            await BuildAsync(BundleFormat.Zip, site, "4", CompressionLevel.NoCompression),
            await BuildAsync(BundleFormat.TarGz, site, "5", CompressionLevel.SmallestSize),
        ];

        Assert.Single(bundles.Select(b => b.Digest).Distinct());
        Assert.Equal(5, bundles.Select(b => b.Sha256).Distinct().Count());
    }

    [Fact]
    public async Task What_does_not_shrink_is_stored_and_the_manifest_tells_where_each_content_lies()
    {
        string site = WriteTree("site");
        Bundle bundle = await BuildAsync(BundleFormat.Zip, site, "out");
        BundleManifest manifest = await BundleManifest.ReadAsync(bundle.ManifestPath, forWindows: false, default);
        byte[] archive = File.ReadAllBytes(bundle.Path);

        Assert.All(manifest.Entries.Where(e => e.Type == BundleEntryType.File), entry =>
        {
            using var data = new MemoryStream(archive, (int)entry.DataOffset!, (int)entry.DataLength!);
            using var content = new MemoryStream();
            if (entry.DataLength == entry.Size)
            {
                data.CopyTo(content);
            }
            else
            {
                using var inflate = new DeflateStream(data, CompressionMode.Decompress);
                inflate.CopyTo(content);
            }

            Assert.Equal(File.ReadAllBytes(Path.Combine(site, entry.Name)), content.ToArray());
        });
        Assert.All(["random.bin", "noise"], name => Assert.Single(manifest.Entries, e => e.Name == name && e.DataLength == e.Size));
        Assert.Single(manifest.Entries, e => e.Name == "big.txt" && e.DataLength < e.Size / 2);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Parts_of_a_large_file_cost_hardly_more_than_one_stream(BundleFormat format)
    {
        string text = _folder.Write("site/log.txt", string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i * 7919 % 10007} request served\n")));
        Bundle bundle = await BuildAsync(format, _folder["site"], "out");

        using var whole = new MemoryStream();
        using (var deflate = new DeflateStream(whole, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(File.ReadAllBytes(text));
        Assert.InRange(bundle.Size, 1, (long)(whole.Length * 1.01) + 1000);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_file_that_is_not_what_the_walk_found_fails_the_build_and_leaves_nothing(BundleFormat format)
    {
        string path = _folder.Write("site/growing.log", "12345");
        BundleSource source = new("growing.log", BundleEntryType.File, EntryMode.DefaultFile, Path.GetDirectoryName(path)!, "growing.log", null, 0) { Size = 4 };

        var error = await Assert.ThrowsAsync<CumulusException>(() => WriteAsync(format, source));
        var gone = await Assert.ThrowsAsync<CumulusException>(() => WriteAsync(format, source with { FileName = "growing.log2" }));

        Assert.All([error, gone], e => Assert.Equal(ErrorIds.BundleSourceChanged, e.ErrorId));
        Assert.Contains("growing.log was changed while the bundle was built", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_cancelled_build_leaves_the_earlier_archive_and_nothing_else(BundleFormat format)
    {
        Bundle before = await BuildAsync(format, WriteTree("site"), "out");
        byte[] bytes = File.ReadAllBytes(before.Path);
        using var cancel = new CancellationTokenSource();
        BundleRequest request = BundleRequest.FromPath("web", _folder["site"], _folder["out"]) with { Format = format, Log = _ => cancel.Cancel() };
        _folder.Write("site/more", "more");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new BundleBuilder().BuildAsync(request, cancel.Token));

        Assert.Equal(bytes, File.ReadAllBytes(before.Path));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder["out"]).Length);
    }

    [Fact]
    public async Task Records_of_more_than_4_GiB_and_of_more_than_65535_entries_are_read_by_Python()
    {
        string path = _folder["large.zip"];
        await using (var archive = new ArchiveFile(path))
        {
            var records = new ZipHeaders(archive, ZipHeaders.FirstTime);
            ZipHeader large = new("large", 0x81A4 << 16, ZipHeader.Stored, 1, 5L << 30, 5L << 30, archive.Position);
            records.AppendLocal(large);
            ZipHeader[] all = [large, .. Enumerable.Range(0, 70_000).Select(i => new ZipHeader($"e{i}", 0, 0, 0, 0, 0, i == 3 ? 6L << 30 : 0))];
            records.AppendDirectory(all);
            await archive.FinishAsync();
        }

        string told = Tool.Run("python3", "-c", "import sys, zipfile; l = zipfile.ZipFile(sys.argv[1]).infolist(); print(len(l), l[0].file_size, l[0].compress_size, l[4].header_offset)", path);
        Assert.Equal($"70001 {5L << 30} {5L << 30} {6L << 30}", told.Trim());
    }

    private static string[] Told(BundleEntry entry) => entry.Type switch
    {
        BundleEntryType.Folder => ["folder", Octal(entry.Mode), ""],
        BundleEntryType.Link => ["link", "", entry.LinkTarget!],
        _ => ["file", Octal(entry.Mode), entry.Sha256!],
    };

    private static string Octal(UnixFileMode mode) => "0o" + Convert.ToString((int)mode, 8);

    private async Task WriteAsync(BundleFormat format, BundleSource source) =>
        await BundleArchive.WriteAsync(_folder[Guid.NewGuid().ToString("N")], format, new ArchiveSettings(ZipHeaders.FirstTime, CompressionLevel.Optimal), [source], [null], null, null, default);

    private Task<Bundle> BuildAsync(BundleFormat format, string site, string output, CompressionLevel level = CompressionLevel.Optimal) =>
        new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", site, _folder[output]) with { Format = format, CompressionLevel = level }, default);

    // Sizes around the length of a part, names around the lengths of tar's fields, what shrinks and what does not.
    private string WriteTree(string name)
    {
        const int Part = 1 << 20;
        _folder.Write($"{name}/text.txt", string.Concat(Enumerable.Repeat("hello ", 1000)));
        _folder.Write($"{name}/run.sh", "#!/bin/sh\n", EntryMode.DefaultFolder);
        _folder.Write($"{name}/secret", "s", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _folder.Write($"{name}/é/ü x 漢.txt", "1");
        _folder.Write($"{name}/nothing", "");
        _folder.Write($"{name}/{new string('d', 60)}/{new string('f', 60)}", "long");
        _folder.Write($"{name}/{new string('d', 200)}/{new string('f', 200)}", "longer");
        _folder.Write($"{name}/one-part", Text(Part));
        _folder.Write($"{name}/part-and-one", Text(Part + 1));
        _folder.Write($"{name}/big.txt", Text((3 * Part) + 77));
        File.WriteAllBytes(_folder[$"{name}/random.bin"], Noise((2 * Part) + 5));
        File.WriteAllBytes(_folder[$"{name}/noise"], Noise(1000));
        _folder.Folder($"{name}/empty");
        _folder.Link($"{name}/latest", "text.txt");
        return _folder[name];
    }

    private static string Hash(string path) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))).ToLowerInvariant();

    private static string Text(int length) => string.Concat(Enumerable.Range(0, (length / 7) + 1).Select(i => $"{i * 31 % 9973:000000}\n"))[..length];

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    // Stamps count from two seconds after a file was written.
    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(10);
    }
}
