namespace Cumulus.PowerShell;

/// <summary>How another process runs Cumulus: the console where there is a .NET host, else the PowerShell that this is.</summary>
internal static class CumulusProgram
{
    /// <summary>Full path of the module as it is installed; the console lies in it.</summary>
    public static string ModuleFolder { get; } = Path.GetDirectoryName(typeof(CumulusProgram).Assembly.Location)!;

    /// <summary>Program and first arguments of the console; empty when there is no .NET host to run it, or it is not beside the module.</summary>
    public static IReadOnlyList<string> Console()
    {
        string library = Path.Combine(ModuleFolder, "console", "Cumulus.Console.dll");
        return File.Exists(library) && DotnetHost() is { } dotnet ? [dotnet, library] : [];
    }

    /// <summary>Program and arguments that run one command with these parameters; a null value is a switch.</summary>
    public static IReadOnlyList<string> Run(string command, IReadOnlyList<(string Name, object? Value)> parameters)
    {
        IReadOnlyList<string> console = Console();
        if (console.Count > 0)
        {
            return [.. console, command, .. parameters.SelectMany(p => p.Value is null ? [$"-{p.Name}"] : new[] { $"-{p.Name}", ConsoleText(p.Value) })];
        }

        string arguments = string.Join(' ', parameters.Select(p => p.Value is null ? $"-{p.Name}" : $"-{p.Name} {Quote(p.Value)}"));
        string script = $"Import-Module {Quote(Path.Combine(ModuleFolder, "Cumulus.psd1"))}; {command} {arguments}";
        return [Environment.ProcessPath!, "-NoProfile", "-NonInteractive", "-Command", script];
    }

    private static string ConsoleText(object value) => value is IEnumerable<string> many ? string.Join(',', many) : (string)value;

    private static string Quote(object value) =>
        value is IEnumerable<string> many
            ? string.Join(',', many.Select(Quote))
            : $"'{((string)value).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string? DotnetHost()
    {
        string program = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } self && Path.GetFileName(self) == program) return self;
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
    }
}
