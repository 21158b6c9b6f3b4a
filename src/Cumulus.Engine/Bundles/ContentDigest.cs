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

    /// <returns><c>sha256:</c> and 64 hexadecimal digits in lower case.</returns>
    public static string Of(IEnumerable<BundleEntry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("cumulus-bundle-content 1\n"u8);
        foreach (BundleEntry entry in entries.OrderBy(e => e.Name, ArchiveName.Order))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Line(entry)));
        }

        return Prefix + Hex.Of(hash.GetHashAndReset());
    }

    private static string Line(BundleEntry entry)
    {
        string type = entry.Type switch
        {
            BundleEntryType.File => "file",
            BundleEntryType.Folder => "folder",
            _ => "link",
        };
        return $"{type}\t{EntryMode.Octal(entry.Mode)}\t{entry.Size}\t{entry.Sha256 ?? entry.LinkTarget ?? "-"}\t{entry.Name}\n";
    }
}
