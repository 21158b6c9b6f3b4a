using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>The lines that a host runs to install modules, or to take them back. Every value is quoted; none can end its quotes (G-36).</summary>
public static class ModuleCommand
{
    /// <param name="keep">Earlier releases that stay on the host; null: as many as usual.</param>
    public static IReadOnlyList<string> Install(HostPlatform platform, IReadOnlyList<ManifestModule> modules, string deployment, string user, string? healthCheck, int? keep) => Script(
        platform,
        modules.Select(m => Line(
            platform,
            "Install-GhostModule",
            ("-Name", m.Name),
            ("-Bucket", m.Bucket),
            ("-Key", m.Key),
            ("-Digest", m.Digest),
            ("-Deployment", deployment),
            ("-User", user),
            ("-KeepVersions", keep?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("-HealthCheck", healthCheck))));

    /// <summary>The last module first; each only if the deployment installed it.</summary>
    public static IReadOnlyList<string> Restore(HostPlatform platform, IReadOnlyList<string> modules, string deployment) =>
        Script(platform, modules.Reverse().Select(m => Line(platform, "Restore-GhostModule", ("-Name", m), ("-Deployment", deployment))));

    private static string Line(HostPlatform platform, string command, params (string Option, string? Value)[] options)
    {
        var line = new StringBuilder("cumulus ").Append(command);
        foreach ((string option, string? value) in options)
        {
            if (value is { Length: > 0 }) line.Append(' ').Append(option).Append(' ').Append(HostCommand.Quote(platform, value));
        }

        return line.Append(" -Verbose").ToString();
    }

    // The first that fails ends the script.
    private static IReadOnlyList<string> Script(HostPlatform platform, IEnumerable<string> lines) => platform == HostPlatform.Windows
        ? [.. lines.SelectMany(l => new[] { l, "if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }" })]
        : ["set -e", .. lines];
}
