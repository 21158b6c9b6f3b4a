using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>Other programs read our archives as we mean them, and we read theirs.</summary>
public sealed class ForeignZipTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string> BuildAsync()
    {
        _folder.Write("site/index.html", string.Concat(Enumerable.Repeat("hello ", 100)));
        _folder.Write("site/run.sh", "#!/bin/sh\n", EntryMode.DefaultFolder);
        _folder.Write("site/secret", "s", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _folder.Write("site/é/ü x.txt", "1");
        _folder.Write("site/nothing", "");
        _folder.Folder("site/empty");
        _folder.Link("site/latest", "index.html");
        Bundle bundle = await new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", _folder["site"], _folder["out"]), default);
        return bundle.Path;
    }

    [Fact]
    public async Task Unzip_finds_no_fault_and_restores_modes_links_and_empty_folders()
    {
        string path = await BuildAsync();
        Assert.Contains("No errors detected", Tool.Run("unzip", "-t", path));
        Tool.Run("unzip", "-q", path, "-d", _folder["unzipped"]);
        Assert.Equal("index.html", new FileInfo(_folder["unzipped/latest"]).LinkTarget);
        Assert.Equal(("0755", "0600", "0644"), (Mode("run.sh"), Mode("secret"), Mode("index.html")));
        Assert.True(Directory.Exists(_folder["unzipped/empty"]));
        Assert.Equal("1", _folder.Read("unzipped/é/ü x.txt"));

        string Mode(string name) => EntryMode.Octal(_folder.Mode("unzipped/" + name));
    }

    [Fact]
    public async Task Python_reads_every_entry_with_its_mode_and_one_time()
    {
        string path = await BuildAsync();
        string json = Tool.Run("python3", "-c", """
            import json, sys, zipfile
            z = zipfile.ZipFile(sys.argv[1])
            assert z.testzip() is None
            print(json.dumps([[i.filename, i.create_system, oct(i.external_attr >> 16), list(i.date_time)] for i in z.infolist()]))
            """, path);
        var entries = JsonSerializer.Deserialize<JsonElement[][]>(json)!;
        Assert.Equal(["empty/", "index.html", "latest", "nothing", "run.sh", "secret", "é/ü x.txt"], entries.Select(e => e[0].GetString()));
        Assert.Equal(["0o40755", "0o100644", "0o120777", "0o100644", "0o100755", "0o100600", "0o100644"], entries.Select(e => e[2].GetString()));
        Assert.All(entries, e => Assert.Equal((3, "[1980, 1, 1, 0, 0, 0]"), (e[1].GetInt32(), e[3].ToString())));
    }

    [Fact]
    public async Task An_archive_of_Pythons_zipfile_as_the_old_program_made_it_is_read_D23()
    {
        await BuildAsync();
        Tool.Run("python3", "-c", """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
                z.write(sys.argv[2] + '/run.sh', 'srv/run.sh')
                z.writestr(zipfile.ZipInfo('srv/no-mode'), 'x')
            """, _folder["py.zip"], _folder["site"]);
        using SafeArchive archive = await SafeArchive.OpenAsync(_folder["py.zip"], forWindows: true, null, default);
        Assert.Equal([("srv/run.sh", "0755"), ("srv/no-mode", "0600")], archive.Entries.Select(e => (e.Name, EntryMode.Octal(e.Mode))));
        Assert.Equal(2, (await archive.ReadContentAsync(default)).Count);
    }

    [Fact]
    public async Task Entries_are_said_to_be_made_on_Unix_wherever_they_were_made()
    {
        string path = await BuildAsync();
        Assert.Equal("{3}", Tool.Run("python3", "-c", "import sys, zipfile; print({i.create_system for i in zipfile.ZipFile(sys.argv[1]).infolist()})", path).Trim());
    }

    [Theory]
    [InlineData(null, 1980)]
    [InlineData("1700000000", 2023)]
    [InlineData("0", 1980)]
    public async Task The_time_of_entries_may_be_given(string? epoch, int year)
    {
        _folder.Write("site/x", "1");
        BundleRequest request = BundleRequest.FromPath("web", _folder["site"], _folder["out"]) with
        {
            EntryTime = epoch is null ? null : DateTimeOffset.FromUnixTimeSeconds(long.Parse(epoch)),
        };
        Bundle bundle = await new BundleBuilder().BuildAsync(request, default);
        Assert.Contains($"({year},", Tool.Run("python3", "-c", "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).infolist()[0].date_time)", bundle.Path));
    }

    [Fact]
    public void Whatever_goes_in_comes_out_again()
    {
        Gen<string> name = Gen.Elements("a", "b", "c/d", "c/e", "f/g/h", "é", "x y", "Z").Zip(Gen.Choose(0, 9)).Select(t => $"{t.Item1}{t.Item2}");
        Gen<(string, byte[])> file = name.Zip(ArbMap.Default.GeneratorFor<byte[]>());
        Prop.ForAll(file.NonEmptyListOf().ToArbitrary(), files => RoundTripAsync(files).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    private async Task<bool> RoundTripAsync(IEnumerable<(string Name, byte[] Content)> files)
    {
        string source = _folder.Folder(Guid.NewGuid().ToString("N"));
        var all = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach ((string name, byte[] content) in files)
        {
            all[name] = content;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(source, name))!);
            File.WriteAllBytes(Path.Combine(source, name), content);
        }

        Bundle bundle = await new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", source, source + ".out"), default);
        using SafeArchive archive = await SafeArchive.OpenAsync(bundle.Path, forWindows: true, null, default);
        bool equal = archive.Entries.Count == all.Count && ContentDigest.Of(await archive.ReadContentAsync(default)) == bundle.Digest;
        int right = 0;
        await archive.ReadAsync(
            null,
            (entry, stream) =>
            {
                using var content = new MemoryStream();
                stream.CopyTo(content);
                if (content.ToArray().SequenceEqual(all[entry.Name])) Interlocked.Increment(ref right);
            },
            default);
        return equal && right == all.Count;
    }
}
