using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class SafeArchiveTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<CumulusException> RefusedAsync(string path, bool forWindows = false, ArchiveLimits? limits = null) =>
        await Assert.ThrowsAsync<CumulusException>(async () =>
        {
            using SafeArchive archive = await SafeArchive.OpenAsync(path, forWindows, limits, default);
            await archive.ReadContentAsync(default);
        });

    [Theory]
    [InlineData("../x", "'..'")]
    [InlineData("/etc/x", "absolute")]
    [InlineData("a/../../x", "'..'")]
    [InlineData("C:/x", "drive")]
    [InlineData("a\\x", "backslash")]
    [InlineData("a\0b", "NUL")]
    [InlineData("/", "empty")]
    public async Task A_hostile_name_refuses_the_whole_archive_D22(string name, string reason)
    {
        string path = HostileZip.Write(_folder["x.zip"], ("good", HostileZip.File, "1"), (name, HostileZip.File, name == "/" ? "" : "2"));
        CumulusException e = await RefusedAsync(path);
        Assert.Equal((ErrorIds.BundleUnsafe, FailureKind.SecurityViolation), (e.ErrorId, e.Kind));
        Assert.Contains(reason, e.Message);
        Assert.DoesNotContain('\0', e.Message);
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("nul.txt")]
    [InlineData("x. ")]
    public async Task Names_that_only_Windows_minds_are_refused_there_alone(string name)
    {
        string path = HostileZip.Write(_folder["x.zip"], (name, HostileZip.File, "1"));
        Assert.Equal(ErrorIds.BundleUnsafe, (await RefusedAsync(path, forWindows: true)).ErrorId);
        using SafeArchive archive = await SafeArchive.OpenAsync(path, forWindows: false, null, default);
        Assert.Single(archive.Entries);
    }

    [Theory]
    [InlineData("a", "a", false, "twice")]
    [InlineData("a", "A", true, "meets 'a'")]
    [InlineData("d/x", "D/y", true, "meets 'd'")]
    [InlineData("a", "a/b", false, "folder")]
    [InlineData("a/b", "a", false, "meets 'a'")]
    public async Task Names_that_collide_are_refused(string one, string other, bool windowsAlone, string reason)
    {
        string path = HostileZip.Write(_folder["x.zip"], (one, HostileZip.File, "1"), (other, HostileZip.File, "2"));
        Assert.Contains(reason is "meets 'a'" && !windowsAlone ? "'a'" : reason, (await RefusedAsync(path, forWindows: true)).Message);
        if (windowsAlone)
        {
            using SafeArchive archive = await SafeArchive.OpenAsync(path, forWindows: false, null, default);
            Assert.Equal(2, archive.Entries.Count);
        }
        else
        {
            Assert.Equal(ErrorIds.BundleUnsafe, (await RefusedAsync(path)).ErrorId);
        }
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    public async Task A_link_that_leads_out_is_refused(string target)
    {
        string path = HostileZip.Write(_folder["x.zip"], ("l", HostileZip.Link, target));
        Assert.Equal(ErrorIds.BundleUnsafe, (await RefusedAsync(path)).ErrorId);
    }

    [Fact]
    public async Task A_link_is_no_folder_for_others()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("l", HostileZip.Link, "a"), ("l/x", HostileZip.File, "1"));
        Assert.Equal(ErrorIds.BundleUnsafe, (await RefusedAsync(path)).ErrorId);
    }

    [Fact]
    public async Task A_link_with_a_book_for_a_target_is_refused()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("l", HostileZip.Link, new string('a', 5000)));
        Assert.Contains("too long", (await RefusedAsync(path)).Message);
    }

    [Fact]
    public async Task A_device_is_refused()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("tty", 0x2000 | 0x1A4, ""));
        Assert.Contains("neither file, folder nor link", (await RefusedAsync(path)).Message);
    }

    [Fact]
    public async Task An_encrypted_entry_is_refused()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("a", HostileZip.File, "1"));
        HostileZip.MarkEncrypted(path);
        Assert.Contains("encrypted", (await RefusedAsync(path)).Message);
    }

    [Fact]
    public async Task A_sticky_bit_and_a_folders_setgid_are_taken_away_with_a_note_and_missing_modes_get_the_default_D23()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("sticky", 0x8000 | 0x3ED, "1"), ("windows", 0, "2"), ("f/", 0, ""), ("shared/", 0x4000 | 0x5FD, ""));
        using SafeArchive archive = await SafeArchive.OpenAsync(path, forWindows: false, null, default);
        Assert.Equal(["0755", "0644", "0755", "0775"], archive.Entries.Select(e => EntryMode.Octal(e.Mode)));
        Assert.Equal([BundleEntryType.File, BundleEntryType.File, BundleEntryType.Folder, BundleEntryType.Folder], archive.Entries.Select(e => e.Type));
        Assert.Equal(["'sticky' has a sticky bit, which is taken away.", "'shared' has a setgid bit, which is taken away."], archive.Notes);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(100_000u)]
    public async Task A_size_that_lies_is_found_out(uint declared)
    {
        string path = HostileZip.Write(_folder["x.zip"], ("a", HostileZip.File, new string('x', 5000)));
        HostileZip.Patch(path, 24, declared);
        Assert.Equal(ErrorIds.BundleInvalid, (await RefusedAsync(path)).ErrorId);
    }

    [Fact]
    public async Task A_wrong_checksum_is_found_out()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("a", HostileZip.File, "hello"));
        HostileZip.Patch(path, 16, 0x12345678);
        Assert.Contains("checksum", (await RefusedAsync(path)).Message);
    }

    [Fact]
    public async Task A_flipped_bit_in_any_byte_is_a_clear_error_or_harmless_never_a_crash()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("a", HostileZip.File, "hello hello"), ("d/", HostileZip.Folder, ""), ("d/l", HostileZip.Link, "../a"));
        byte[] good = File.ReadAllBytes(path);
        string digest = await DigestAsync(path);
        int refused = 0;
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(path, bad);
            try
            {
                await DigestAsync(path);
            }
            catch (CumulusException e)
            {
                Assert.Contains(e.ErrorId, new[] { ErrorIds.BundleInvalid, ErrorIds.BundleUnsafe });
                refused++;
            }
        }

        Assert.True(refused > good.Length / 5, $"{refused} of {good.Length}");
        File.WriteAllBytes(path, good);
        Assert.Equal(digest, await DigestAsync(path));
    }

    [Fact]
    public async Task A_truncated_archive_is_refused_at_every_length()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("a", HostileZip.File, "hello hello"), ("b", HostileZip.File, "x"));
        byte[] good = File.ReadAllBytes(path);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Equal(ErrorIds.BundleInvalid, (await RefusedAsync(path)).ErrorId);
        }
    }

    [Fact]
    public async Task A_bomb_is_refused_by_total_by_ratio_and_by_count()
    {
        string path = HostileZip.Write(_folder["x.zip"], ("a", HostileZip.File, new string('x', 1_000_000)), ("b", HostileZip.File, "1"));
        Assert.Contains("limit", (await RefusedAsync(path, limits: new ArchiveLimits { TotalBytes = 1_000_000 })).Message);
        Assert.Contains("times", (await RefusedAsync(path, limits: new ArchiveLimits { RatioFloor = 1000 })).Message);
        Assert.Contains("entries", (await RefusedAsync(path, limits: new ArchiveLimits { Entries = 1 })).Message);
        Assert.StartsWith("sha256:", await DigestAsync(path));
    }

    [Fact]
    public async Task What_is_no_zip_is_said_to_be_none()
    {
        Assert.Equal(ErrorIds.BundleInvalid, (await RefusedAsync(_folder.Write("x.zip", "<html>"))).ErrorId);
        Assert.Equal(ErrorIds.BundleInvalid, (await RefusedAsync(_folder.Write("y.zip", ""))).ErrorId);
        Assert.Equal(ErrorIds.BundleNotFound, (await RefusedAsync(_folder["absent.zip"])).ErrorId);
    }

    private static async Task<string> DigestAsync(string path)
    {
        using SafeArchive archive = await SafeArchive.OpenAsync(path, forWindows: false, null, default);
        return ContentDigest.Of(await archive.ReadContentAsync(default));
    }
}
