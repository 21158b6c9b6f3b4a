using System.Diagnostics;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>Archives of other programs, in all their dialects, hold for us what they hold for their makers.</summary>
public sealed class ForeignArchiveTests : IDisposable
{
    private const string LongFolder = "a-folder-with-a-name-that-is-long-enough-to-leave-the-hundred-characters-of-an-old-header-behind-it";

    private readonly TempFolder _folder = new();

    public ForeignArchiveTests()
    {
        _folder.Write("tree/index.html", string.Concat(Enumerable.Repeat("hello ", 5000)));
        _folder.Write("tree/run.sh", "#!/bin/sh\n", EntryMode.DefaultFolder);
        _folder.Write("tree/d/\u00e9 \u4e2d.txt", "unicode");
        _folder.Write($"tree/{LongFolder}/{LongFolder}/file", "far away");
        _folder.Write("tree/nothing", "");
        _folder.Folder("tree/empty");
        _folder.Link("tree/latest", "index.html");
        _folder.Link("tree/d/far", $"../{LongFolder}/{LongFolder}/file");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x.zip", "zip -qry {out} .")]
    [InlineData("stored.zip", "zip -qry0 {out} .")]
    [InlineData("streamed.zip", "zip -qry - . > {out}")]
    [InlineData("names.zip", "zip -qry -UN=UTF8 {out} .")]
    [InlineData("sevenzip.zip", "7z a -snl -mcu=on {out} . >&2")]
    [InlineData("x.tar.gz", "tar czf {out} .")]
    [InlineData("gnu.tar.gz", "tar --format=gnu -czf {out} *")]
    [InlineData("pax.tgz", "tar --format=posix -czf {out} .")]
    [InlineData("blocked.tar.gz", "tar -b 300 -czf {out} .")]
    [InlineData("pigz.tar.gz", "tar cf - . | pigz -p2 -b128 > {out}")]
    [InlineData("members.tar.gz", "tar cf ../t . && (head -c 30000 ../t | gzip; tail -c +30001 ../t | gzip -9) > {out}; rm ../t")]
    [InlineData("x.tar.bz2", "tar cjf {out} .")]
    [InlineData("pbzip2.tar.bz2", "tar cf - . | pbzip2 -p2 -b1 > {out}")]
    [InlineData("python.tar.gz", "python3 -c \"import sys, tarfile; t = tarfile.open(sys.argv[1], 'w:gz', format=tarfile.PAX_FORMAT); t.add('.'); t.close()\" {out}")]
    [InlineData("python-gnu.tar.bz2", "python3 -c \"import sys, tarfile; t = tarfile.open(sys.argv[1], 'w:bz2', format=tarfile.GNU_FORMAT); t.add('.'); t.close()\" {out}")]
    public async Task An_archive_of_another_program_unpacks_to_the_tree_that_it_was_made_of(string file, string command)
    {
        Shell(command.Replace("{out}", _folder[file], StringComparison.Ordinal), _folder["tree"]);
        var request = new ExpandRequest { Archive = _folder[file], Destination = _folder["out"] };
        ExpandedBundle expanded = await BundleUnpacker.ExpandAsync(request, default);
        Assert.Equal(Hosts.HostFixture.Snapshot(_folder["tree"]), Hosts.HostFixture.Snapshot(_folder["out"]));
        Assert.Equal((7, false), (expanded.Files, expanded.Verified));
    }

    [NeedsFact("bsdtar")]
    public Task An_archive_of_bsdtar_unpacks_to_the_tree_that_it_was_made_of() =>
        An_archive_of_another_program_unpacks_to_the_tree_that_it_was_made_of("bsd.tar.gz", "bsdtar czf {out} .");

    [Theory]
    [InlineData("plain.zip", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED); z.writestr('a', 'x'); z.close()")]
    [InlineData("large.zip", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); f = z.open('a', 'w', force_zip64=True); f.write(b'x'); f.close(); z.close()")]
    [InlineData("pipe.zip", "import subprocess, sys, zipfile; p = subprocess.Popen(['tee', sys.argv[1]], stdin=-1, stdout=-3); z = zipfile.ZipFile(p.stdin, 'w'); z.writestr('a', 'x'); z.close(); p.stdin.close(); p.wait()")]
    [InlineData("many.zip", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], 'w'); [z.writestr('d/%d' % i, '') for i in range(70000)]; z.writestr('a', 'x'); z.close()")]
    [InlineData("old.tar.gz", "import io, sys, tarfile; t = tarfile.open(sys.argv[1], 'w:gz', format=tarfile.USTAR_FORMAT); i = tarfile.TarInfo('a'); i.size = 1; i.uid = 0o7777777; t.addfile(i, io.BytesIO(b'x')); t.close()")]
    public async Task Pythons_archives_are_read(string file, string program)
    {
        Shell($"python3 -c \"{program}\" {_folder[file]}", _folder.Path);
        using SafeArchive archive = await SafeArchive.OpenAsync(_folder[file], forWindows: false, null, default);
        BundleEntry entry = (await archive.ReadContentAsync(default)).Single(e => e.Name == "a");
        Assert.Equal(("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", 1), (entry.Sha256, entry.Size));
        Assert.Equal(archive.Format == BundleFormat.Zip, entry.DataOffset is not null);
        if (entry is { DataOffset: { } offset, DataLength: 1 }) Assert.Equal((byte)'x', File.ReadAllBytes(_folder[file])[offset]);
    }

    [Fact]
    public async Task A_name_in_code_page_437_is_read_as_DOS_programs_meant_it()
    {
        byte[] zip = new ZipForge(new ForgedEntry("") { RawName = [0x81], Flags = 0, Host = 0 }).ToBytes();
        File.WriteAllBytes(_folder["x.zip"], zip);
        using SafeArchive archive = await SafeArchive.OpenAsync(_folder["x.zip"], forWindows: false, null, default);
        Assert.Equal("\u00fc", Assert.Single(archive.Entries).Name);
    }

    [Fact]
    public async Task A_comment_and_gits_global_header_do_no_harm()
    {
        File.WriteAllBytes(_folder["x.zip"], (new ZipForge(new ForgedEntry("a")) { Comment = [.. "PK hello"u8] }).ToBytes());
        using (SafeArchive zip = await SafeArchive.OpenAsync(_folder["x.zip"], forWindows: false, null, default)) Assert.Single(zip.Entries);
        File.WriteAllBytes(_folder["x.tar.gz"], TarForge.Gzip(TarForge.Tar(TarForge.Entry("pax_global_header", TarForge.PaxRecord("comment", "abc"), 'g'), TarForge.Entry("a"))));
        using SafeArchive tar = await SafeArchive.OpenAsync(_folder["x.tar.gz"], forWindows: false, null, default);
        Assert.Equal("a", Assert.Single(tar.Entries).Name);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Every_kind_of_descriptor_is_understood(bool marked, bool zip64)
    {
        File.WriteAllBytes(_folder["x.zip"], new ZipForge(new ForgedEntry("a", "hello").WithDescriptor(marked, zip64), new ForgedEntry("b")).ToBytes());
        using SafeArchive archive = await SafeArchive.OpenAsync(_folder["x.zip"], forWindows: false, null, default);
        Assert.Equal(2, (await archive.ReadContentAsync(default)).Count);
    }

    private static void Shell(string command, string folder)
    {
        var info = new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = folder, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{command} ended with {process.ExitCode}: {errors}");
    }
}
