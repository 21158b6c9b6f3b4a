using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class FolderReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Readers => StatxFolderReader.IsAvailable ? ["statx", "portable"] : ["portable"];

    private static IFolderReader Reader(string name) => name == "statx" ? new StatxFolderReader() : new PortableFolderReader();

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task Every_kind_is_told_with_mode_size_and_target(string reader)
    {
        _folder.Write("a/plain.txt", "hello", EntryMode.DefaultFile);
        _folder.Write("a/ünï ☂/x", "1");
        _folder.Write("a/.hidden", "", EntryMode.DefaultFolder);
        _folder.Link("a/dangling", "no/where");
        _folder.Link("a/to-folder", "ünï ☂");
        using (var p = System.Diagnostics.Process.Start("mkfifo", _folder["a/pipe"])) await p.WaitForExitAsync();
        _folder.SetMode("a/ünï ☂", EntryMode.DefaultFolder);

        (string, ItemKind, UnixFileMode, long, string?)[] items =
        [
            .. Reader(reader).Read(_folder["a"])
                .OrderBy(i => i.Name, StringComparer.Ordinal)
                .Select(i => (i.Name, i.Kind, i.Kind is ItemKind.File or ItemKind.Folder ? i.Mode : 0, i.Size, i.LinkTarget)),
        ];
        Assert.Equal(
            [
                (".hidden", ItemKind.File, EntryMode.DefaultFolder, 0, null),
                ("dangling", ItemKind.Link, 0, 0, "no/where"),
                ("pipe", ItemKind.NamedPipe, 0, 0, null),
                ("plain.txt", ItemKind.File, EntryMode.DefaultFile, 5, null),
                ("to-folder", ItemKind.Link, 0, 0, "ünï ☂"),
                ("ünï ☂", ItemKind.Folder, EntryMode.DefaultFolder, 0, null),
            ],
            items);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_look_follows_links(string reader)
    {
        _folder.Write("a/x", "hello", EntryMode.DefaultFolder);
        _folder.Link("file", "a/x");
        _folder.Link("folder", "a");
        _folder.Link("dangling", "b");
        _folder.Link("itself", "itself");
        IFolderReader by = Reader(reader);
        Assert.Equal((ItemKind.File, 5L, EntryMode.DefaultFolder), by.Look(_folder["file"]) is { } f ? (f.Kind, f.Size, f.Mode) : default);
        Assert.Equal(ItemKind.Folder, by.Look(_folder["folder"])?.Kind);
        Assert.Equal(ItemKind.File, by.Look(_folder["folder/x"])?.Kind);
        Assert.Null(by.Look(_folder["dangling"]));
        Assert.Null(by.Look(_folder["itself"]));
        Assert.Null(by.Look(_folder["absent"]));
        Assert.Null(by.Look(_folder["a/x/below-a-file"]));
    }

    [NeedsFact(Need.Statx)]
    public void A_stamp_tells_a_changed_file_whose_size_and_time_were_put_back()
    {
        var reader = new StatxFolderReader();
        string path = _folder.Write("a/x", "one");
        DateTime time = File.GetLastWriteTimeUtc(path);
        FileStamp before = Assert.NotNull(Assert.Single(reader.Read(_folder["a"])).Stamp);
        Assert.Equal(before, Assert.Single(reader.Read(_folder["a"])).Stamp);
        Assert.Equal(before, reader.Look(path)?.Stamp);

        // The status time of some file systems moves in steps of a few milliseconds.
        FileStamp after;
        do
        {
            File.WriteAllText(path, "two");
            File.SetLastWriteTimeUtc(path, time);
            after = Assert.NotNull(Assert.Single(reader.Read(_folder["a"])).Stamp);
        }
        while (after.Changed == before.Changed);
        Assert.Equal((before.Size, before.Inode), (after.Size, after.Inode));
        Assert.NotEqual(before, after);
    }

    [NeedsFact(Need.Statx)]
    public void A_stamp_has_the_times_of_the_file_system()
    {
        string path = _folder.Write("a/x", "one");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(1_600_000_000.5));
        FileStamp stamp = Assert.NotNull(new StatxFolderReader().Look(path)!.Value.Stamp);
        Assert.Equal(1_600_000_000_500_000_000, stamp.Modified);
        Assert.Equal(3, stamp.Size);
        Assert.NotEqual(0UL, stamp.Inode);
        Assert.NotEqual(0UL, stamp.Device);
        Assert.True(stamp.Changed > stamp.Modified);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Both_readers_find_the_same_in_a_tree(string reader)
    {
        for (int i = 0; i < 40; i++) _folder.Write($"t/{i % 7}/f-{i}", new string('x', i));
        _folder.Link("t/3/l", "f-3");
        string[] found = [.. Walk(_folder["t"], Reader(reader)).Select(s => $"{s.Name} {s.Type} {s.Mode} {s.Size} {s.LinkTarget} {s.FullPath}")];
        string[] expected = [.. Walk(_folder["t"], new PortableFolderReader()).Select(s => $"{s.Name} {s.Type} {s.Mode} {s.Size} {s.LinkTarget} {s.FullPath}")];
        Assert.Equal(41, found.Length);
        Assert.Equal(expected, found);
        Assert.Equal(found.Order(Comparer<string>.Create((a, b) => ArchiveName.Order.Compare(a.Split(' ')[0], b.Split(' ')[0]))), found);
    }

    private static IReadOnlyList<BundleSource> Walk(string path, IFolderReader reader) =>
        new BundleWalk(BundleRequest.FromPath("web", path, "/nowhere"), new HashSet<string>(), reader).Run(default);
}
