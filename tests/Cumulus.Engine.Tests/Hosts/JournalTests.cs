using System.Text;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

public sealed class JournalTests : IDisposable
{
    private readonly TempFolder _host = new();
    private readonly HostPaths _paths;

    public JournalTests()
    {
        _paths = HostPaths.For(_host.Path, windows: false);
        Directory.CreateDirectory(_paths.StateFolder);
    }

    public void Dispose() => _host.Dispose();

    private string File => Path.Combine(_paths.StateFolder, "journal");

    private byte[] Write()
    {
        using (var journal = InstallJournal.Create(_paths, "t"))
        {
            journal.Add("var/lib/cumulus/work/t");
            journal.Add(new JournalPlan
            {
                New = new InitScriptRunner.Context("e", "2", ["b"]),
                Old = new InitScriptRunner.Context("e", "1", ["b"]),
                Keep = 7,
                Steps = [.. Enumerable.Range(0, 1200).Select(i => new SwapStep(SwapAction.Place, $"srv/{i}ü\n", $"work/t/{i}", Sha256: "ab", ByHand: i % 2 == 0 ? true : null))],
            });
            journal.Enter(InstallPhase.Staged);
            journal.Enter(InstallPhase.Swapping);
        }

        return System.IO.File.ReadAllBytes(File);
    }

    [Fact]
    public void What_was_written_is_read()
    {
        Assert.Null(InstallJournal.Read(_paths));
        Write();
        JournalContent read = InstallJournal.Read(_paths)!;
        Assert.Equal(("t", InstallPhase.Swapping, 7, 1200), (read.Transaction, read.Phase, read.Plan!.Keep, read.Plan.Steps.Count));
        Assert.Equal(["var/lib/cumulus/work/t"], read.WorkFolders);
        Assert.Equal(new SwapStep(SwapAction.Place, "srv/4ü\n", "work/t/4", Sha256: "ab", ByHand: true), read.Plan.Steps[4]);
        Assert.Equal("e 1 b", $"{read.Plan.Old.Environment} {read.Plan.Old.Version} {read.Plan.Old.Bundles[0]}");
    }

    [Fact]
    public void A_journal_that_is_cut_anywhere_is_read_up_to_its_last_whole_record()
    {
        byte[] whole = Write();
        int plan = Encoding.UTF8.GetString(whole).IndexOf("{\"plan\"", StringComparison.Ordinal);
        int planEnd = Array.IndexOf(whole, (byte)'\n', Encoding.UTF8.GetByteCount(Encoding.UTF8.GetString(whole)[..plan]));
        for (int length = 0; length < whole.Length; length += 61)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            JournalContent read = InstallJournal.Read(_paths)!;
            Assert.Equal(length >= planEnd, read.Plan is not null);
            Assert.True(read.Plan is null || read.Plan.Steps.Count == 1200, $"{length}");
        }
    }

    [Theory]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("00000000 {\"phase\":\"started\"}\n")]
    [InlineData("half")]
    public void A_torn_tail_is_ignored(string tail)
    {
        Write();
        System.IO.File.AppendAllText(File, tail);
        Assert.Equal(InstallPhase.Swapping, InstallJournal.Read(_paths)!.Phase);
    }

    [Fact]
    public void Damage_to_the_steps_of_a_run_that_had_begun_is_an_error_and_not_taken_for_a_torn_tail()
    {
        byte[] whole = Write();
        whole[2000] ^= 1;
        System.IO.File.WriteAllBytes(File, whole);
        var e = Assert.Throws<CumulusException>(() => InstallJournal.Read(_paths));
        Assert.Equal(ErrorIds.InstallFailed, e.ErrorId);
        Assert.Contains("damaged", e.Message);
    }

    [Fact]
    public async Task A_damaged_journal_stops_every_install_and_stays()
    {
        byte[] whole = Write();
        whole[2000] ^= 1;
        System.IO.File.WriteAllBytes(File, whole);
        await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(null).InstallAsync(new InstallRequest { RootPath = _host.Path, Bundles = [] }, default));
        Assert.True(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task A_run_that_died_before_its_plan_was_whole_leaves_nothing_to_undo()
    {
        byte[] whole = Write();
        System.IO.File.WriteAllBytes(File, whole[..3000]);
        _host.Write("var/lib/cumulus/work/t/0", "half");
        await new BundleInstaller(null).InstallAsync(new InstallRequest { RootPath = _host.Path, Bundles = [] }, default);
        Assert.Equal(["install.lock"], Directory.GetFileSystemEntries(_paths.StateFolder).Select(Path.GetFileName));
    }
}
