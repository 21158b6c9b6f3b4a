using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>Which stretches are fetched: data in, data out.</summary>
public sealed class DeltaPlanTests
{
    private const int Cost = DeltaPlan.RequestCost;
    private const long Archive = 100L << 20;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(Cost - 1, 1)]
    [InlineData(Cost, 2)]
    public void A_gap_is_fetched_along_when_that_costs_less_than_a_request(int gap, int stretches)
    {
        DeltaPlan plan = Plan(File("a", 30, 100), File("b", 130 + gap, 50));
        Assert.Equal(stretches, plan.Stretches.Count);
        Assert.Equal(stretches == 1 ? 150 + gap : 150, plan.Bytes);
        Assert.Equal(new ByteStretch(0, 100), plan.Places["a"]);
        Assert.Equal(new ByteStretch(stretches == 1 ? 100 + gap : 100, 50), plan.Places["b"]);
    }

    [Fact]
    public void The_order_of_files_does_not_matter_and_equal_contents_are_one() =>
        Assert.Equal([new ByteStretch(30, 100), new ByteStretch(90_000, 7)], Plan(File("b", 90_000, 7), File("a", 30, 100), File("a", 60_000, 100)).Stretches);

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(1, (Archive / 2) - Cost, true)]
    [InlineData(1, (Archive / 2) - Cost + 1, false)]
    [InlineData(1000, 1, true)]
    [InlineData(1500, 1000, true)]
    [InlineData(1500, 3000, false)]
    public void Half_of_the_archive_in_bytes_and_requests_is_the_limit(int files, long length, bool worthwhile)
    {
        long each = Math.Max(1, length);
        DeltaPlan plan = Plan([.. Enumerable.Range(0, files).Select(i => File($"{i}", 30 + (i * (each + Cost)), each))]);
        Assert.Equal(files, plan.Stretches.Count);
        Assert.Equal(worthwhile, plan.IsWorthwhile(Archive));
    }

    [Theory]
    [InlineData(Archive - 5, 6)]
    [InlineData(Archive + 1, 1)]
    [InlineData(-1, 5)]
    [InlineData(5, 0)]
    [InlineData(5, -1)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void A_place_that_cannot_be_is_refused(long offset, long length)
    {
        var e = Assert.Throws<CumulusException>(() => Plan(File("a", offset, length)));
        Assert.Equal(ErrorIds.BundleUnsafe, e.ErrorId);
        Assert.Contains("'a'", e.Message);
    }

    [Fact]
    public void Whatever_is_needed_is_found_where_the_plan_says()
    {
        var random = new Random(4);
        for (int round = 0; round < 200; round++)
        {
            byte[] archive = new byte[random.Next(1, 400_000)];
            random.NextBytes(archive);
            var files = new List<BundleEntry>();
            for (int at = random.Next(50); at < archive.Length; at += random.Next(1, 60_000))
            {
                int length = random.Next(1, Math.Min(20_000, archive.Length - at) + 1);
                if (random.Next(3) > 0) files.Add(File($"{at}", at, length));
                at += length;
            }

            DeltaPlan plan = DeltaPlan.Of(files, archive.Length, new ArchiveRefusal("a.zip"))!;
            byte[] fetched = [.. plan.Stretches.SelectMany(s => archive[(int)s.Offset..(int)s.End])];
            Assert.Equal(plan.Bytes, fetched.Length);
            foreach (BundleEntry file in files)
            {
                ByteStretch place = plan.Places[file.Sha256!];
                Assert.True(archive.AsSpan((int)file.DataOffset!, (int)file.DataLength!).SequenceEqual(fetched.AsSpan((int)place.Offset, (int)place.Length)));
            }
        }
    }

    /// <summary>A manifest does not tell whether bytes are deflated: where both would be as long, the digest does.</summary>
    [Fact]
    public async Task A_content_is_read_right_whether_or_not_deflating_made_it_shorter()
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        string even = Enumerable.Range(6, 50).SelectMany(n => Enumerable.Range(3, 4).Select(again => Digits[..n] + Digits[..again])).First(t => Deflate(t).Length == t.Length);
        using var folder = new TempFolder();
        (string Name, string Text, byte[] Bytes)[] contents =
        [
            ("deflated", new string('x', 1000), Deflate(new string('x', 1000))),
            ("stored", Digits, Encoding.ASCII.GetBytes(Digits)),
            ("as-long", even, Deflate(even)),
            ("empty", "", []),
        ];
        System.IO.File.WriteAllBytes(folder["f"], [.. contents.SelectMany(c => c.Bytes)]);
        long at = 0;
        var files = new List<(BundleEntry, ByteStretch)>();
        foreach ((string name, string text, byte[] bytes) in contents)
        {
            var entry = new BundleEntry { Name = name, Type = BundleEntryType.File, Mode = EntryMode.DefaultFile, Size = text.Length, Sha256 = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(text))).ToLowerInvariant() };
            files.Add((entry, new ByteStretch(at, bytes.Length)));
            at += bytes.Length;
        }

        using SafeZip zip = SafeZip.OfFiles(System.IO.File.OpenHandle(folder["f"]), files, 10_000, new ReadingOptions { Place = "a.zip" });
        var read = new Dictionary<string, string>();
        await zip.ReadAsync(
            null,
            (entry, content) =>
            {
                string text = new StreamReader(content).ReadToEnd();
                lock (read) read[entry.Name] = text;
            },
            default);
        Assert.All(contents, c => Assert.Equal(c.Text, read[c.Name]));
    }

    [Theory]
    [InlineData(201_000_000, 1_234_567, "1.2 of 201 MB")]
    [InlineData(12_345_678_901, 0, "0 of 12,346 MB")]
    [InlineData(9_999, 9_999, "0.01 of 0.01 MB")]
    public void Amounts_are_told_in_megabytes(long total, long bytes, string expected) => Assert.Equal(expected, Amount.Of(bytes, total));

    private static byte[] Deflate(string text)
    {
        using var to = new MemoryStream();
        using (var deflate = new DeflateStream(to, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(Encoding.ASCII.GetBytes(text));
        return to.ToArray();
    }

    private static DeltaPlan Plan(params BundleEntry[] files) => DeltaPlan.Of(files, Archive, new ArchiveRefusal("a.zip"))!;

    private static BundleEntry File(string name, long offset, long length) =>
        new() { Name = name, Type = BundleEntryType.File, Mode = EntryMode.DefaultFile, Size = 1, Sha256 = name, DataOffset = offset, DataLength = length };
}
