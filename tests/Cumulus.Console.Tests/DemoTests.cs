using System.Diagnostics;

namespace Cumulus.Console.Tests;

/// <summary>The demo's script of commands, run by the shipped console on a local cloud. It needs moto and Python.</summary>
public sealed class DemoTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_main_job_runs_from_end_to_end_without_PowerShell()
    {
        string work = Path.Combine(_folder.Path, "webshop");
        Copy(new DirectoryInfo(Path.Combine(ProcessTests.Repository, "docs", "examples", "webshop")), work);

        var start = new ProcessStartInfo(ProcessTests.Program, ["-File", "demo.ps1"]) { WorkingDirectory = work, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        string text = $"{await output}\n--- stderr\n{await error}";

        Assert.True(process.ExitCode == ExitCodes.Success, text);
        Assert.Equal(4, Count(text, "the same as pages/index-1.html"));
        Assert.Equal(2, Count(text, "the same as pages/index-2.html"));
        Assert.Contains("DELETE_COMPLETE", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(work, "cloud")), "The cloud leaves nothing behind.");
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static void Copy(DirectoryInfo source, string destination)
    {
        Directory.CreateDirectory(destination);
        foreach (FileInfo file in source.EnumerateFiles()) file.CopyTo(Path.Combine(destination, file.Name));
        foreach (DirectoryInfo folder in source.EnumerateDirectories()) Copy(folder, Path.Combine(destination, folder.Name));
    }
}
