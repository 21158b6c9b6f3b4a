using System.Security.Cryptography;
using Cumulus.Packager;

if (args is not [var root, var target])
{
    Console.Error.WriteLine("usage: Cumulus.Packager REPOSITORY TARGET-FOLDER");
    return 2;
}

string built = Path.Combine(root, "out", "Cumulus");
var module = new ModuleManifest(File.ReadAllText(Path.Combine(built, "Cumulus.psd1")));
string[] files = [.. Directory.EnumerateFiles(built, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(built, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
IReadOnlyList<ShippedLibrary> libraries = ShippedLibrary.Read(
    Path.Combine(root, "src", "Cumulus.Console", "obj", "project.assets.json"),
    files.Select(f => Path.GetFileName(f)).ToHashSet(StringComparer.OrdinalIgnoreCase));

Directory.CreateDirectory(target);
string notices = LicenceDocuments.Notices(libraries);
string modulePackage = Module().Write(target);
string toolPackage = Tool().Write(target);
string sbom = Path.Combine(target, $"Cumulus.{module.Version}.cdx.json");
File.WriteAllText(sbom, LicenceDocuments.Sbom("Cumulus", module, libraries));
string sums = Path.Combine(target, "SHA256SUMS");
File.WriteAllText(sums, string.Concat(new[] { toolPackage, sbom, modulePackage }.Order(StringComparer.Ordinal)
    .Select(f => $"{Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))).ToLowerInvariant()}  {Path.GetFileName(f)}\n")));
foreach (string file in new[] { modulePackage, toolPackage, sbom, sums }) Console.WriteLine(file);
return 0;

// What Publish-PSResource would make: the files at the root, and the tags that Find-PSResource searches. NuGet takes 4,000 characters of tags.
NuGetPackage Module()
{
    var package = new NuGetPackage("Cumulus", module)
    {
        Tags = [.. module.Tags, "PSModule", "PSIncludes_Cmdlet", .. module.Cmdlets.Select(c => $"PSCommand_{c}")],
    };
    AddFiles(package, "", "Cumulus");
    return package;
}

// https://learn.microsoft.com/dotnet/core/tools/global-tools-how-to-create
NuGetPackage Tool()
{
    const string Folder = "tools/net8.0/any/";
    var package = new NuGetPackage("Cumulus.Console", module) { PackageType = "DotnetTool", Tags = [.. module.Tags.Where(t => !t.StartsWith("PS", StringComparison.Ordinal))] };
    package.Add(Folder + "DotnetToolSettings.xml", """
        <?xml version="1.0" encoding="utf-8"?>
        <DotNetCliTool Version="1">
          <Commands>
            <Command Name="cumulus" EntryPoint="Cumulus/console/Cumulus.Console.dll" Runner="dotnet" />
          </Commands>
        </DotNetCliTool>

        """.ReplaceLineEndings("\n"));
    AddFiles(package, Folder + "Cumulus/", "Cumulus.Console");
    return package;
}

void AddFiles(NuGetPackage package, string folder, string name)
{
    foreach (string file in files) package.Add(folder + file, File.ReadAllBytes(Path.Combine(built, file)));
    foreach (string file in new[] { "LICENSE", "NOTICE", "CHANGELOG.md" }) package.Add(folder + file, File.ReadAllBytes(Path.Combine(root, file)));
    package.Add(folder + "THIRD-PARTY-NOTICES.txt", notices);
    package.Add(folder + "sbom.cdx.json", LicenceDocuments.Sbom(name, module, libraries));
}
