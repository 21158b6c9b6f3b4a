namespace Cumulus.Engine.Hosts.Service;

/// <summary>How a host starts Cumulus: the module in PowerShell where that is installed, else the console.</summary>
/// <param name="Reason">How that was decided, as a sentence.</param>
public sealed record HandlerProgram(HandlerProgramKind Kind, string Program, string Module, string Reason)
{
    private static readonly string[] UnixFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/opt/microsoft/powershell/7", "/snap/bin", "/usr/share/dotnet", "/usr/lib/dotnet"];

    private static readonly string[] WindowsFolders = [@"C:\Program Files\PowerShell\7", @"C:\Program Files\dotnet"];

    /// <param name="module">Folder of the module, as on the host.</param>
    /// <param name="searchPath">Folders that are looked through first; those of another root's own PATH are not known.</param>
    /// <param name="exists">Whether there is such a file, as on the host.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.HandlerRegistrationFailed"/>: neither can run.</exception>
    public static HandlerProgram Find(bool windows, string module, IEnumerable<string> searchPath, Func<string, bool> exists)
    {
        string[] folders = [.. searchPath.Where(f => windows ? f.Contains(':') : f.StartsWith('/')), .. windows ? WindowsFolders : UnixFolders];
        string manifest = Join(module, "Cumulus.psd1");
        string console = Join(Join(module, "console"), "Cumulus.Console.dll");
        string? pwsh = Look(windows ? "pwsh.exe" : "pwsh");
        if (pwsh is not null && exists(manifest)) return new HandlerProgram(HandlerProgramKind.PowerShell, pwsh, manifest, $"PowerShell is installed ({pwsh}), and the module is {manifest}.");
        string? dotnet = Look(windows ? "dotnet.exe" : "dotnet");
        string missing = pwsh is null ? "PowerShell is not installed" : $"there is no module {manifest}";
        if (dotnet is not null && exists(console)) return new HandlerProgram(HandlerProgramKind.Console, dotnet, console, $"The console is used, {console} by {dotnet}: {missing}.");
        throw new CumulusException(
            ErrorIds.HandlerRegistrationFailed,
            FailureKind.NotFound,
            $"The host has nothing to run the handler with: {missing}, and {(dotnet is null ? ".NET is not installed" : $"there is no console {console}")}.")
        {
            Target = module,
            Advice = "Install PowerShell 7.4 or the .NET runtime 8, and name the module's folder on the host by -ModulePath.",
        };

        string? Look(string program) => folders.Select(f => Join(f, program)).FirstOrDefault(exists);

        string Join(string folder, string name) => folder.TrimEnd('/', '\\') + (windows ? '\\' : '/') + name;
    }

    /// <summary>The words of a command line that runs one command.</summary>
    /// <param name="parameters">With the value as text; null for a switch.</param>
    public IReadOnlyList<string> Command(string command, IReadOnlyList<(string Name, string? Value)> parameters)
    {
        if (Kind == HandlerProgramKind.Console) return [Program, Module, command, .. parameters.SelectMany(p => p.Value is null ? [$"-{p.Name}"] : new[] { $"-{p.Name}", p.Value })];
        string arguments = string.Concat(parameters.Select(p => p.Value is null ? $" -{p.Name}" : $" -{p.Name} {Word(p.Value)}"));
        return [Program, "-NoProfile", "-NonInteractive", "-Command", $"Import-Module {Word(Module)}; {command}{arguments}"];
    }

    private static string Word(string value) => Environments.HostCommand.Quote(Aws.HostPlatform.Windows, value);
}

public enum HandlerProgramKind
{
    PowerShell,
    Console,
}
