using System.Text.Json;
using System.Xml.Linq;

namespace Cumulus.Packager;

/// <summary>A package of others whose assembly is shipped, with what its own manifest says.</summary>
/// <param name="Sha512">Of the package, in hexadecimal.</param>
/// <param name="Licence">SPDX expression; null when the package names a file or an address.</param>
internal sealed record ShippedLibrary(string Name, string Version, string Sha512, string? Licence, string? LicenceUrl, string? ProjectUrl, string? Copyright, string? Authors)
{
    /// <param name="assetsFile">Of a project after restore.</param>
    /// <param name="assemblies">File names of what is shipped.</param>
    public static IReadOnlyList<ShippedLibrary> Read(string assetsFile, IReadOnlySet<string> assemblies)
    {
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllBytes(assetsFile));
        string folder = assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
        var result = new List<ShippedLibrary>();
        foreach (JsonProperty library in assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package" || !library.Value.TryGetProperty("runtime", out JsonElement runtime)) continue;
            if (!runtime.EnumerateObject().Any(r => assemblies.Contains(Path.GetFileName(r.Name)))) continue;
            result.Add(Of(library.Name, assets.RootElement.GetProperty("libraries").GetProperty(library.Name), folder));
        }

        return [.. result.OrderBy(l => l.Name, StringComparer.Ordinal)];
    }

    private static ShippedLibrary Of(string id, JsonElement library, string folder)
    {
        string path = Path.Combine(folder, library.GetProperty("path").GetString()!);
        XElement metadata = XDocument.Load(Directory.EnumerateFiles(path, "*.nuspec").Single()).Root!.Elements().First(e => e.Name.LocalName == "metadata");
        XElement? licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        string? expression = (string?)licence?.Attribute("type") == "expression" ? licence!.Value : KnownLicence(Text("licenseUrl"));
        return new ShippedLibrary(
            id.Split('/')[0], id.Split('/')[1], Convert.ToHexString(library.GetProperty("sha512").GetBytesFromBase64()).ToLowerInvariant(),
            expression, Text("licenseUrl"), Text("projectUrl"), Text("copyright"), Text("authors"));

        string? Text(string name) => metadata.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value is { Length: > 0 } value ? value.ReplaceLineEndings(" ").Trim() : null;
    }

    // Packages from before SPDX expressions.
    private static string? KnownLicence(string? url) => url switch
    {
        { } apache when apache.Contains("aws.amazon.com/apache2.0", StringComparison.Ordinal) || apache.Contains("LICENSE-2.0", StringComparison.Ordinal) => "Apache-2.0",
        { } powerShell when powerShell.Contains("github.com/PowerShell/PowerShell", StringComparison.OrdinalIgnoreCase) => "MIT",
        _ => null,
    };
}
