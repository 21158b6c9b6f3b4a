namespace Cumulus.Engine.Bundles;

/// <summary>Kinds of archive that a bundle can be.</summary>
public enum BundleFormat
{
    /// <summary>The default: the only one that old handlers and partial downloads read.</summary>
    Zip,

    TarGz,

    TarBz2,
}

/// <summary>File name endings of the formats.</summary>
public static class BundleFormats
{
    private static readonly (BundleFormat Format, string Ending)[] Endings =
    [
        (BundleFormat.Zip, ".zip"),
        (BundleFormat.TarGz, ".tar.gz"),
        (BundleFormat.TarBz2, ".tar.bz2"),
    ];

    /// <summary>All endings, for messages and searches.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Endings.Select(e => e.Ending)];

    /// <summary>The formats as people write them: the endings without their dot.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Endings.Select(e => e.Ending[1..])];

    /// <summary>The format of a written name (<c>zip</c>, <c>tar.gz</c>, <c>tar.bz2</c>, in any case; <c>tgz</c>, <c>TarGz</c> and the like too); null when it is none.</summary>
    public static BundleFormat? Parse(string text) => text.ToLowerInvariant().TrimStart('.') switch
    {
        "zip" => BundleFormat.Zip,
        "tar.gz" or "tgz" or "targz" => BundleFormat.TarGz,
        "tar.bz2" or "tbz2" or "tarbz2" => BundleFormat.TarBz2,
        _ => null,
    };

    /// <summary><c>.zip</c>, <c>.tar.gz</c> or <c>.tar.bz2</c>.</summary>
    public static string Ending(this BundleFormat format) => Endings.First(e => e.Format == format).Ending;

    /// <summary>The format that a file name or key tells, in any case (<c>.tgz</c> and <c>.tbz2</c> too); null when it tells none.</summary>
    public static BundleFormat? Of(string name)
    {
        if (name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase)) return BundleFormat.TarGz;
        if (name.EndsWith(".tbz2", StringComparison.OrdinalIgnoreCase)) return BundleFormat.TarBz2;
        foreach ((BundleFormat format, string ending) in Endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return format;
        }

        return null;
    }

    /// <summary>A file name or key without the ending of its format; as it is when it has none.</summary>
    public static string WithoutEnding(string name)
    {
        string? ending = Endings.Select(e => e.Ending).Concat([".tgz", ".tbz2"]).FirstOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return ending is null ? name : name[..^ending.Length];
    }
}
