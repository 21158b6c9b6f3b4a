using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace Cumulus.Packager;

/// <summary>A <c>.nupkg</c>: an OPC package as NuGet and PSResourceGet read it. Same content, same bytes.</summary>
/// <remarks>https://learn.microsoft.com/nuget/reference/nuspec; the other parts as ECMA-376 part 2 asks.</remarks>
internal sealed class NuGetPackage(string id, ModuleManifest module)
{
    private static readonly XNamespace Nuspec = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

    /// <summary>The earliest time that a zip can tell.</summary>
    private static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<string, byte[]> _parts = new(StringComparer.Ordinal);

    /// <summary>Such as DotnetTool; null for a module.</summary>
    public string? PackageType { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public void Add(string name, byte[] content) => _parts.Add(name, content);

    public void Add(string name, string content) => Add(name, Encoding.UTF8.GetBytes(content));

    /// <returns>Full path of the package.</returns>
    public string Write(string folder)
    {
        string properties = "package/services/metadata/core-properties/cumulus.psmdcp";
        var all = new SortedDictionary<string, byte[]>(_parts, StringComparer.Ordinal)
        {
            [$"{id}.nuspec"] = Bytes(Manifest()),
            ["[Content_Types].xml"] = Bytes(ContentTypes(properties)),
            ["_rels/.rels"] = Bytes(Relations(properties)),
            [properties] = Bytes(CoreProperties()),
        };
        string path = Path.Combine(folder, $"{id}.{module.Version}.nupkg");
        using var file = new FileStream(path, FileMode.Create);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in all)
        {
            ZipArchiveEntry entry = zip.CreateEntry(Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal).Replace("%5B", "[", StringComparison.Ordinal).Replace("%5D", "]", StringComparison.Ordinal), CompressionLevel.Optimal);
            entry.LastWriteTime = Epoch;
            using Stream target = entry.Open();
            target.Write(content);
        }

        return path;
    }

    private XElement Manifest() => new(Nuspec + "package", new XElement(Nuspec + "metadata",
        Element("id", id),
        Element("version", module.Version),
        Element("authors", module.Author),
        new XElement(Nuspec + "license", new XAttribute("type", "expression"), "Apache-2.0"),
        Element("licenseUrl", "https://licenses.nuget.org/Apache-2.0"),
        module.ProjectUri is { } uri ? Element("projectUrl", uri) : null,
        Element("description", module.Description),
        Element("releaseNotes", module.ReleaseNotes),
        Element("copyright", module.Copyright),
        Element("tags", string.Join(' ', Tags)),
        PackageType is null ? null : new XElement(Nuspec + "packageTypes", new XElement(Nuspec + "packageType", new XAttribute("name", PackageType)))));

    private XElement ContentTypes(string properties)
    {
        XNamespace ns = "http://schemas.openxmlformats.org/package/2006/content-types";
        string[] known = ["rels", "psmdcp"];
        return new XElement(ns + "Types",
            Default("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            Default("psmdcp", "application/vnd.openxmlformats-package.core-properties+xml"),
            _parts.Keys.Append($"{id}.nuspec").Select(p => Path.GetExtension(p).TrimStart('.')).Where(e => e.Length > 0 && !known.Contains(e)).Distinct().Order(StringComparer.Ordinal)
                .Select(e => Default(e, "application/octet")),
            _parts.Keys.Where(p => Path.GetExtension(p).Length == 0)
                .Select(p => new XElement(ns + "Override", new XAttribute("PartName", "/" + p), new XAttribute("ContentType", "application/octet"))));

        XElement Default(string extension, string type) => new(ns + "Default", new XAttribute("Extension", extension), new XAttribute("ContentType", type));
    }

    private XElement Relations(string properties)
    {
        XNamespace ns = "http://schemas.openxmlformats.org/package/2006/relationships";
        return new XElement(ns + "Relationships",
            Relation("http://schemas.microsoft.com/packaging/2010/07/manifest", $"/{id}.nuspec", "R1"),
            Relation("http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "/" + properties, "R2"));

        XElement Relation(string type, string target, string name) =>
            new(ns + "Relationship", new XAttribute("Type", type), new XAttribute("Target", target), new XAttribute("Id", name));
    }

    private XElement CoreProperties()
    {
        XNamespace ns = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties";
        XNamespace dc = "http://purl.org/dc/elements/1.1/";
        return new XElement(ns + "coreProperties",
            new XElement(dc + "creator", module.Author),
            new XElement(dc + "description", module.Description),
            new XElement(dc + "identifier", id),
            new XElement(ns + "version", module.Version),
            new XElement(ns + "keywords", string.Join(' ', Tags)));
    }

    private static XElement Element(string name, string value) => new(Nuspec + name, value);

    private static byte[] Bytes(XElement root) =>
        Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + root.ToString().ReplaceLineEndings("\n") + "\n");
}
