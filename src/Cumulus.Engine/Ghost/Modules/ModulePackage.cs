namespace Cumulus.Engine.Ghost.Modules;

/// <summary>What of a module is to be packaged.</summary>
public sealed record ModulePackageRequest
{
    /// <summary><c>NAME/ENV/ROLE[/COLOUR]</c>.</summary>
    public required string Application { get; init; }

    public required string Name { get; init; }

    /// <summary>Absolute; where the link is on instances.</summary>
    public required string Path { get; init; }

    /// <summary><c>git</c> or <c>s3</c>.</summary>
    public required string Protocol { get; init; }

    public required string Url { get; init; }

    public string Revision { get; init; } = "HEAD";

    /// <summary>Commit that was deployed last; null: none.</summary>
    public string? DeployedCommit { get; init; }

    public int? Uid { get; init; }

    public int? Gid { get; init; }

    public string? BuildPack { get; init; }

    public string? PreDeploy { get; init; }

    public string? PostDeploy { get; init; }

    public string? AfterAllDeploy { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Who deploys, for scripts.</summary>
    public string? User { get; init; }
}

/// <summary>A module's package in the bucket.</summary>
/// <param name="Version">Of the bundle: commit and digest, so that other content has another key.</param>
/// <param name="Digest">Content digest.</param>
/// <param name="Size">Bytes of the archive.</param>
/// <param name="Reused">The bucket had it already.</param>
public sealed record ModulePackage(string Module, string Version, string Bucket, string Key, string Digest, long Size, int Files, bool IsSigned, bool Reused);

/// <summary>Names of the bundles that modules are.</summary>
public static class ModulePackageNames
{
    private const int DigitsOfCommit = 12;

    private const int DigitsOfDigest = 16;

    /// <summary>
    /// The application as environment of its bundles: <c>ghost.ENV.ROLE.NAME</c>, or <c>ghost-COLOUR.ENV.ROLE.NAME</c>. Environment and role have no dots, so no two applications give
    /// one (G-03, G-18).
    /// </summary>
    public static string Environment(string application) => application.Split('/') switch
    {
        [var name, var env, var role] => $"ghost.{env}.{role}.{name}",
        [var name, var env, var role, var colour] => $"ghost-{colour}.{env}.{role}.{name}",
        _ => throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, $"'{application}' is no application: NAME/ENV/ROLE or NAME/ENV/ROLE/COLOUR is needed.") { Target = application },
    };

    public static string Version(string? commit, string digest)
    {
        string content = digest[(digest.IndexOf(':') + 1)..][..DigitsOfDigest];
        return commit is { Length: >= DigitsOfCommit } && commit.All(char.IsAsciiHexDigit) ? $"{commit[..DigitsOfCommit]}-{content}" : $"s3-{content}";
    }
}
