namespace Cumulus.LocalCloud.Fleet;

/// <summary>What all sandboxes of a cloud have in common, and the environment of one host.</summary>
internal sealed record SandboxSettings
{
    public const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public required string Unshare { get; init; }

    public required string Nsenter { get; init; }

    /// <summary>The cloud's own folder: it holds the credentials and the other hosts, so a host sees nothing of it but its shims.</summary>
    public required string CloudFolder { get; init; }

    /// <summary>Folder with the <c>cumulus</c> command.</summary>
    public required string Bin { get; init; }

    /// <summary>Folders that a host must not see: the user's own credentials for the real cloud.</summary>
    public required IReadOnlyList<string> Hidden { get; init; }

    /// <summary>Folders that a host must see even where it has its own (under /tmp): what the <c>cumulus</c> command needs.</summary>
    public required IReadOnlyList<string> Readable { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }
}
