using System.ComponentModel;
using System.Diagnostics;

namespace Cumulus.Console.Scripts;

/// <summary>A program of the machine, run without a shell: its arguments arrive as they are.</summary>
internal static class NativeProgram
{
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(10);

    /// <summary>Runs a program with this process's own input and output and waits for it.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="UsageException">It cannot be started.</exception>
    public static int Run(string program, IReadOnlyList<string> arguments, CancellationToken stop)
    {
        using var process = Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false });
        try
        {
            process.WaitForExitAsync(stop).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C reached it too, as it shares the terminal; it gets the time to end on its own.
            if (!process.WaitForExit(GracePeriod))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }

        return process.ExitCode;
    }

    /// <summary>Looks a program up as shells do: in the folders of PATH, unless its name has a slash.</summary>
    /// <returns>Null when there is none.</returns>
    public static string? Find(string name, string? path, string? extensions, bool windows, Func<string, bool> exists)
    {
        string[] endings = windows ? ["", .. (extensions ?? ".COM;.EXE;.BAT;.CMD").Split(';', StringSplitOptions.RemoveEmptyEntries)] : [""];
        bool hasFolder = name.Contains('/') || (windows && name.Contains('\\'));
        string[] folders = hasFolder ? [""] : (path ?? "").Split(windows ? ';' : ':', StringSplitOptions.RemoveEmptyEntries);
        string separator = windows ? "\\" : "/";
        return folders
            .SelectMany(folder => endings.Select(ending => (folder.Length == 0 ? "" : folder.TrimEnd('/', '\\') + separator) + name + ending))
            .FirstOrDefault(exists);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new UsageException($"'{start.FileName}' cannot be started: {e.Message}");
        }
    }
}
