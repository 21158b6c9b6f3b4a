using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>
/// What a package says of its module, in its file <c>.cumulus-module/module.json</c>; the scripts lie beside. All of it is under the package's digest and signature, and none
/// of it is ever read by a shell (G-37).
/// </summary>
public sealed record ModuleInfo
{
    public const int CurrentSchema = 1;

    /// <summary>Folder in the package.</summary>
    public const string Folder = ".cumulus-module";

    public const string FileName = "module.json";

    public const string PreDeploy = "pre_deploy";

    public const string PostDeploy = "post_deploy";

    public int Schema { get; init; } = CurrentSchema;

    /// <summary><c>NAME/ENV/ROLE[/COLOUR]</c>.</summary>
    public required string Application { get; init; }

    public required string Name { get; init; }

    /// <summary>Absolute; where the link is on instances.</summary>
    public required string Path { get; init; }

    /// <summary>Owner of the files; null: whoever installs.</summary>
    public int? Uid { get; init; }

    public int? Gid { get; init; }

    /// <summary>Address of the source, without what it needs to log in.</summary>
    public required string Repository { get; init; }

    public required string Revision { get; init; }

    public string? Commit { get; init; }

    public string? Subject { get; init; }

    /// <summary>The application's own, for scripts.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>What scripts are told: section 8 of the old behaviour, everywhere alike (G-20).</summary>
    /// <param name="user">Who deploys; null: nobody said.</param>
    public Dictionary<string, string?> ScriptVariables(string? user)
    {
        string[] parts = Application.Split('/');
        var variables = Variables.ToDictionary(v => v.Key, v => (string?)v.Value);
        variables["GHOST_APP"] = parts[0];
        variables["GHOST_ENV"] = parts.ElementAtOrDefault(1);
        variables["GHOST_ROLE"] = parts.ElementAtOrDefault(2);
        variables["GHOST_ENV_COLOR"] = parts.ElementAtOrDefault(3) ?? "";
        variables["GHOST_MODULE_NAME"] = Name;
        variables["GHOST_MODULE_PATH"] = Path;
        variables["GHOST_MODULE_REPO"] = Repository;
        variables["GHOST_MODULE_REV"] = Revision;
        variables["GHOST_MODULE_COMMIT"] = Commit ?? "";
        variables["GHOST_MODULE_COMMIT_MESSAGE"] = Subject ?? "";
        variables["GHOST_MODULE_USER"] = user ?? "";
        return variables;
    }

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleInvalid"/></exception>
    internal static async Task<ModuleInfo> ReadAsync(string tree, CancellationToken cancellationToken)
    {
        string path = System.IO.Path.Combine(tree, Folder, FileName);
        try
        {
            ModuleInfo? info = File.Exists(path) ? JsonSerializer.Deserialize<ModuleInfo>(await File.ReadAllBytesAsync(path, cancellationToken), BundleManifest.Json) : null;
            if (info is { Schema: <= CurrentSchema }) return info;
            throw Invalid(info is null ? "holds no module" : "was made by a newer version of Cumulus", null);
        }
        catch (JsonException e)
        {
            throw Invalid($"has a damaged {FileName}: {e.Message}", e);
        }
    }

    private static CumulusException Invalid(string why, Exception? cause) =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"The package {why}.", cause) { Advice = "Only packages of Deploy-GhostApplication can be installed as a module." };
}
