using System.ComponentModel;
using System.Diagnostics;

namespace Cumulus.Engine.Tests.Support;

/// <summary>Other programs that tests compare us with.</summary>
public static class Programs
{
    /// <summary>Whether the program starts at all.</summary>
    public static bool Has(string program)
    {
        try
        {
            using Process process = Start(program, ["version"]);
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Exit code and everything that was written.</summary>
    public static (int ExitCode, string Output) Try(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>What a program that must succeed wrote.</summary>
    public static string Run(string program, params string[] arguments)
    {
        (int exitCode, string output) = Try(program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {exitCode}: {output}");
        return output;
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
}
