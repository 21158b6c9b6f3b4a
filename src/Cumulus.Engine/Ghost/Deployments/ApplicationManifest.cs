using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>What an instance of an application installs at boot: the document <c>ghost/applications/NAME/ENV/ROLE[/COLOUR]/manifest</c>. It changes after the running hosts have accepted a package, never before.</summary>
public sealed record ApplicationManifest
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary><c>NAME/ENV/ROLE[/COLOUR]</c>.</summary>
    public required string Application { get; init; }

    /// <summary>In the order of installing.</summary>
    public IReadOnlyList<ManifestModule> Modules { get; init; } = [];

    public DateTimeOffset ChangedAt { get; init; }

    public string? ChangedBy { get; init; }

    public ManifestModule? Find(string module) => Modules.FirstOrDefault(m => m.Name == module);

    /// <summary>With modules put in the place of those of their names; new ones in the order of the application, and what is no longer one of its modules left out.</summary>
    /// <param name="order">Names of the application's modules; empty: not known.</param>
    public ApplicationManifest With(IReadOnlyList<ManifestModule> changed, IReadOnlyList<string> order)
    {
        List<ManifestModule> modules = [.. Modules.Select(m => changed.FirstOrDefault(c => c.Name == m.Name) ?? m), .. changed.Where(c => Find(c.Name) is null)];
        if (order.Count > 0) modules = [.. order.Select(name => modules.Find(m => m.Name == name)).OfType<ManifestModule>()];
        return this with { Modules = modules };
    }

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/></exception>
    internal static ApplicationManifest Read(StateDocument document, string name) => StateJson.Read<ApplicationManifest>(document, name, m => m.Schema <= CurrentSchema);

    /// <summary>
    /// Ghost's own MANIFEST (section 5.1 of the old behaviour): a line <c>module:package:path</c> for each module. Its packages are plain tar.gz files without a digest (G-16).
    /// </summary>
    /// <param name="bucket">That it lies in.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, with the line.</exception>
    public static ApplicationManifest ReadOld(string text, string application, string bucket)
    {
        var modules = new List<ManifestModule>();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            if (lines[i].Split(':') is not [{ Length: > 0 } name, { Length: > 0 } package, ['/', ..] path])
            {
                throw new CumulusException(ErrorIds.StateInvalid, FailureKind.InvalidInput, $"Line {i + 1} of the MANIFEST of {application} is not MODULE:PACKAGE:PATH.") { Target = application };
            }

            // EPOCH_MODULE_SHORTCOMMIT; neither epoch nor commit has an underscore.
            string commit = package[(package.LastIndexOf('_') + 1)..];
            modules.Add(new ManifestModule
            {
                Name = name,
                Path = path,
                Bucket = bucket,
                Key = $"ghost/{application}/{name}/{package}",
                Version = package,
                Commit = commit.Length > 0 && commit.All(char.IsAsciiHexDigit) ? commit : null,
            });
        }

        return new ApplicationManifest { Application = application, Modules = modules };
    }
}

/// <summary>A module's package.</summary>
public sealed record ManifestModule
{
    public required string Name { get; init; }

    /// <summary>Where the link is on instances.</summary>
    public required string Path { get; init; }

    public required string Bucket { get; init; }

    public required string Key { get; init; }

    public required string Version { get; init; }

    /// <summary>Content digest; null for a package of Ghost, which has none.</summary>
    public string? Digest { get; init; }

    public string? Revision { get; init; }

    public string? Commit { get; init; }

    public string? Subject { get; init; }

    /// <summary>Those that the package has.</summary>
    public IReadOnlyList<string> Scripts { get; init; } = [];

    /// <summary>Id of the deployment that brought it.</summary>
    public string? Deployment { get; init; }
}
