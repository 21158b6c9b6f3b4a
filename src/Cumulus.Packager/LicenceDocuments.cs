using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cumulus.Packager;

/// <summary>What a package says of others' work: notices for people, an SBOM for programs.</summary>
internal static class LicenceDocuments
{
    private const string Mit = """
        Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
        "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
        distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
        the following conditions:

        The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

        THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
        MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
        ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
        THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
        """;

    /// <exception cref="InvalidDataException">A licence that these notices have no text for.</exception>
    public static string Notices(IReadOnlyList<ShippedLibrary> libraries)
    {
        var text = new StringBuilder("Cumulus is shipped with the following libraries, each under its own licence.\n");
        foreach (ShippedLibrary library in libraries)
        {
            if (library.Licence is not ("MIT" or "Apache-2.0")) throw new InvalidDataException($"{library.Name} {library.Version} has a licence that nobody looked at: {library.Licence ?? library.LicenceUrl ?? "none"}.");
            text.Append($"\n{library.Name} {library.Version}\n  {library.Copyright ?? $"Copyright {library.Authors}"}\n  {library.Licence}\n");
            if (library.ProjectUrl is { } url) text.Append($"  {url}\n");
        }

        return text.Append("\nApache-2.0: see the file LICENSE.\n\nMIT:\n\n").Append(Mit.ReplaceLineEndings("\n")).Append('\n').ToString();
    }

    /// <summary>CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/), with no time and no random number in it.</summary>
    public static string Sbom(string name, ModuleManifest module, IReadOnlyList<ShippedLibrary> libraries)
    {
        string self = $"pkg:nuget/{name}@{module.Version}";
        var components = new JsonArray([.. libraries.Select(Component)]);
        var document = new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.5",
            ["serialNumber"] = $"urn:uuid:{Uuid(self + components.ToJsonString())}",
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["component"] = new JsonObject { ["type"] = "application", ["bom-ref"] = self, ["name"] = name, ["version"] = module.Version, ["purl"] = self, ["licenses"] = Licences("Apache-2.0") } },
            ["components"] = components,
            ["dependencies"] = new JsonArray(new JsonObject { ["ref"] = self, ["dependsOn"] = new JsonArray([.. libraries.Select(l => JsonValue.Create(Purl(l)))]) }),
        };
        return document.ToJsonString(new JsonSerializerOptions { WriteIndented = true }).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Component(ShippedLibrary library) => new()
    {
        ["type"] = "library",
        ["bom-ref"] = Purl(library),
        ["name"] = library.Name,
        ["version"] = library.Version,
        ["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = library.Sha512 }),
        ["licenses"] = Licences(library.Licence!),
        ["purl"] = Purl(library),
    };

    private static JsonArray Licences(string spdx) => new(new JsonObject { ["license"] = new JsonObject { ["id"] = spdx } });

    private static string Purl(ShippedLibrary library) => $"pkg:nuget/{library.Name}@{library.Version}";

    private static Guid Uuid(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
