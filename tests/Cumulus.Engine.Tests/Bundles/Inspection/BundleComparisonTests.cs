using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Tests.Bundles.Inspection;

public sealed class BundleComparisonTests
{
    [Fact]
    public void Equal_bundles_have_equal_entries_alone_wherever_their_bytes_lie()
    {
        BundleEntry moved = File("a", "1") with { DataOffset = 10, DataLength = 20 };
        Assert.Equal(["= a", "= l"], Compare([moved with { DataOffset = 30 }, Link("l", "a")], [moved, Link("l", "a")]));
    }

    [Fact]
    public void Added_removed_and_changed_entries_stand_in_the_order_of_names_with_their_sizes()
    {
        IReadOnlyList<BundleDifference> all = BundleComparison.Compare(Manifest([File("a", "1"), File("c", "3")], "1"), Manifest([File("a", "11"), File("b", "2")], "2"));
        Assert.Equal([("~", "a", 1L, 2L), ("+", "b", null, 1L), ("-", "c", 1L, null)], all.Select(d => (d.Sign, d.Name, d.OldSize, d.NewSize)));
        Assert.All(all, d => Assert.Equal(("web", "1", "2"), (d.Bundle, d.OldVersion, d.NewVersion)));
    }

    [Fact]
    public void What_changed_is_said()
    {
        BundleEntry program = File("a", "1") with { Mode = EntryMode.DefaultFolder };
        Assert.Equal(["~ a mode 0644 -> 0755"], Compare([File("a", "1")], [program]));
        Assert.Equal(["~ a content, mode 0644 -> 0755"], Compare([File("a", "2")], [program]));
        Assert.Equal(["~ l link a -> b"], Compare([Link("l", "a")], [Link("l", "b")]));
        Assert.Equal(["~ a file -> link"], Compare([File("a", "1")], [Link("a", "b")]));
        Assert.Equal(["~ a folder -> file"], Compare([Folder("a")], [File("a", "1")]));
    }

    [Fact]
    public void A_file_with_the_same_bytes_under_another_name_is_renamed()
    {
        BundleDifference renamed = Assert.Single(BundleComparison.Compare(Manifest([File("old/x", "1")]), Manifest([File("new/x", "1") with { Mode = EntryMode.DefaultFolder }])));
        Assert.Equal(
            (DifferenceKind.Renamed, "new/x", "old/x", "was old/x, mode 0644 -> 0755"),
            (renamed.Kind, renamed.Name, renamed.OldName, renamed.Change));
    }

    [Fact]
    public void Of_several_files_with_the_same_bytes_those_with_one_last_name_go_together()
    {
        Assert.Equal(
            ["> n/b was o/b", "> n/z was o/a"],
            Compare([File("o/a", "1"), File("o/b", "1")], [File("n/z", "1"), File("n/b", "1")]));
        Assert.Equal(["> n/a was o/a", "- o/b"], Compare([File("o/a", "1"), File("o/b", "1")], [File("n/a", "1")]));
        Assert.Equal(["> n/a was o/a", "+ n/b"], Compare([File("o/a", "1")], [File("n/a", "1"), File("n/b", "1")]));
    }

    [Fact]
    public void A_copy_of_a_file_that_stays_and_empty_files_are_not_renamed()
    {
        Assert.Equal(["= a", "+ b"], Compare([File("a", "1")], [File("a", "1"), File("b", "1")]));
        Assert.Equal(["- a", "+ b"], Compare([File("a", "")], [File("b", "")]));
    }

    [Fact]
    public void The_summary_counts_each_kind()
    {
        Assert.Equal(
            "1 added, 1 removed, 2 equal",
            BundleComparison.Summary(BundleComparison.Compare(Manifest([File("a", "1"), File("b", "2"), Folder("c")]), Manifest([File("a", "1"), File("d", "4"), Folder("c")]))));
        Assert.Equal("both are empty", BundleComparison.Summary(BundleComparison.Compare(Manifest([]), Manifest([]))));
    }

    private static IEnumerable<string> Compare(BundleEntry[] old, BundleEntry[] now) =>
        BundleComparison.Compare(Manifest(old), Manifest(now)).Select(d => $"{d.Sign} {d.Name} {d.Change}".TrimEnd());

    private static BundleManifest Manifest(BundleEntry[] entries, string? version = null) => new()
    {
        Schema = 1,
        Tool = "test",
        Name = "web",
        Version = version,
        Archive = "web.zip",
        Size = 1,
        Sha256 = "",
        Digest = "",
        Entries = entries,
    };

    private static BundleEntry File(string name, string content) => new()
    {
        Name = name,
        Type = BundleEntryType.File,
        Mode = EntryMode.DefaultFile,
        Size = content.Length,
        Sha256 = "digest of " + content,
    };

    private static BundleEntry Folder(string name) => new() { Name = name, Type = BundleEntryType.Folder, Mode = EntryMode.DefaultFolder };

    private static BundleEntry Link(string name, string target) => new() { Name = name, Type = BundleEntryType.Link, Mode = EntryMode.Link, LinkTarget = target };
}
