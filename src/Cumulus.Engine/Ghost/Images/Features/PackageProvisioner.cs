namespace Cumulus.Engine.Ghost;

/// <summary>
/// <c>package</c>: packages by the system's own manager, in one go. The feature's name is the package's, or <c>package_name=NAME</c> in an old version field; a version pins it.
/// <c>parameters.manager</c> chooses winget or choco on Windows.
/// </summary>
internal sealed class PackageProvisioner : IFeatureProvisioner
{
    private const string OldPrefix = "package_name=";

    public string Name => "package";

    public IEnumerable<ImageStep> Steps(IReadOnlyList<GhostFeature> features, GhostApplication application)
    {
        (string Name, string? Version, string Manager)[] packages = [.. features.Select(Of)];
        if (application.IsWindows)
        {
            foreach ((string name, string? version, string manager) in packages) yield return OnWindows(application, name, version, manager);
            yield break;
        }

        string Joined(string separator) => string.Join(' ', packages.Select(p => BuildShell.Quote(application, p.Version is null ? p.Name : $"{p.Name}{separator}{p.Version}")));
        yield return new ImageStep(
            $"packages {string.Join(", ", packages.Select(p => p.Version is null ? p.Name : $"{p.Name} {p.Version}"))}",
            [
                BuildShell.Strict,
                "export DEBIAN_FRONTEND=noninteractive",
                $"if command -v apt-get >/dev/null; then apt-get update -q && apt-get install -y -q {Joined("=")}",
                $"elif command -v dnf >/dev/null; then dnf install -y -q {Joined("-")}",
                $"elif command -v yum >/dev/null; then yum install -y -q {Joined("-")}",
                $"elif command -v zypper >/dev/null; then zypper --non-interactive install {Joined("=")}",
                "else echo 'There is no apt-get, dnf, yum or zypper.' >&2; exit 1; fi",
            ]);
    }

    private static (string Name, string? Version, string Manager) Of(GhostFeature feature)
    {
        string manager = feature.ParameterNode?["manager"]?.ToString() ?? "winget";
        if (manager is not ("winget" or "choco")) throw new FeatureException(feature.Name, $"there is no manager '{manager}': use winget or choco.");
        bool isOld = feature.Version?.StartsWith(OldPrefix, StringComparison.Ordinal) == true;
        string name = isOld ? feature.Version![OldPrefix.Length..] : feature.Name;
        return name.StartsWith('-') ? throw new FeatureException(feature.Name, "a package's name does not begin with '-'.") : (name, isOld ? null : feature.Version, manager);
    }

    private static ImageStep OnWindows(GhostApplication application, string name, string? version, string manager)
    {
        string pinned = version is null ? "" : $" --version {BuildShell.Quote(application, version)}";
        string line = manager == "choco"
            ? $"choco install {BuildShell.Quote(application, name)}{pinned} --yes --no-progress"
            : $"winget install --exact --id {BuildShell.Quote(application, name)}{pinned} --silent --accept-package-agreements --accept-source-agreements --disable-interactivity";
        return new ImageStep($"package {name}", [line, "exit $LASTEXITCODE"]);
    }
}
