using System.Diagnostics;

namespace Cumulus.Engine.Tests.Support;

/// <summary>Programs of others, run to their end.</summary>
public static class Tool
{
    /// <returns>Standard output.</returns>
    public static string Run(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output}");
        return output;
    }
}
