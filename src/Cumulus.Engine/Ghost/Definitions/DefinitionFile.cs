using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Ghost;

/// <summary>Definitions in files.</summary>
public static class DefinitionFile
{
    private const int LargestFile = 8 * 1024 * 1024;

    /// <summary>A path itself, or the files that a path with wildcards in its last part means, in order.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyList<string> Matching(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? path;
        string name = Path.GetFileName(path);
        if (File.Exists(path)) return [path];
        string[] found = NamePattern.HasWildcard(name) && Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Where(f => NamePattern.Matches(name, Path.GetFileName(f))).Order(StringComparer.Ordinal)]
            : [];
        return found.Length > 0 ? found : throw new FileNotFoundException($"There is no file {path}.", path);
    }

    /// <summary>Reads one; its scripts lie beside it.</summary>
    /// <exception cref="ConfigurationException"><see cref="ErrorIds.ApplicationInvalid"/>: no file of this sort at all.</exception>
    public static async Task<DefinitionReading> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > LargestFile)
        {
            throw new ConfigurationException(ErrorIds.ApplicationInvalid, "definition of the application", [new ConfigurationProblem(path, 0, null, "The file is larger than 8 MiB.")]);
        }

        return DefinitionReader.Read(await File.ReadAllTextAsync(path, cancellationToken), path, new ScriptFolder(Path.GetDirectoryName(path)!));
    }
}
