using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// The digest of what a bundle holds, whatever compressed it (D-28, D-29): SHA-256 of a text with the first line
/// <c>cumulus-bundle-content 1</c> and then one line for each entry, in the order of names as UTF-8 bytes:
/// type, mode in four octal digits, size, SHA-256 or link target or <c>-</c>, and name, with a tab between. Lines end in LF.
/// Names and targets hold no control characters, so no two contents give one text.
/// </summary>
public static class ContentDigest
{
    private const string Prefix = "sha256:";
    private const int FlushAt = 64 << 10;
    private const int LongestNumber = 20;

    /// <returns><c>sha256:</c> and 64 hexadecimal digits in lower case.</returns>
    public static string Of(IReadOnlyList<BundleEntry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("cumulus-bundle-content 1\n"u8);
        var text = new ArrayBufferWriter<byte>(FlushAt * 2);
        foreach (BundleEntry entry in InOrder(entries))
        {
            AppendLine(text, entry);
            if (text.WrittenCount < FlushAt) continue;
            hash.AppendData(text.WrittenSpan);
            text.ResetWrittenCount();
        }

        hash.AppendData(text.WrittenSpan);
        return Prefix + Hex.Of(hash.GetHashAndReset());
    }

    // Manifests and archives of ours are in order already.
    private static IEnumerable<BundleEntry> InOrder(IReadOnlyList<BundleEntry> entries)
    {
        for (int i = 1; i < entries.Count; i++)
        {
            if (ArchiveName.Order.Compare(entries[i - 1].Name, entries[i].Name) > 0) return entries.OrderBy(e => e.Name, ArchiveName.Order);
        }

        return entries;
    }

    private static void AppendLine(ArrayBufferWriter<byte> text, BundleEntry entry)
    {
        text.Write(entry.Type switch
        {
            BundleEntryType.File => "file\t"u8,
            BundleEntryType.Folder => "folder\t"u8,
            _ => "link\t"u8,
        });
        Append(text, EntryMode.Octal(entry.Mode), '\t');
        if (!Utf8Formatter.TryFormat(entry.Size, text.GetSpan(LongestNumber), out int digits)) throw new InvalidOperationException("a number did not fit");
        text.Advance(digits);
        Append(text, "", '\t');
        Append(text, entry.Sha256 ?? entry.LinkTarget ?? "-", '\t');
        Append(text, entry.Name, '\n');
    }

    private static void Append(ArrayBufferWriter<byte> text, string value, char end)
    {
        Encoding.UTF8.GetBytes(value, text);
        text.Write([(byte)end]);
    }
}
