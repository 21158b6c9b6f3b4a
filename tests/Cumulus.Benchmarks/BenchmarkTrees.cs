using System.Diagnostics;

namespace Cumulus.Benchmarks;

/// <summary>The real trees that contests are held on.</summary>
internal static class BenchmarkTrees
{
    private const int LargeFiles = 4;
    private const long LargeBytes = 150L << 20;

    /// <summary>The .NET SDK: some thousand files, many of them programs of a megabyte and more.</summary>
    public static string? DotnetSdk { get; } = Existing(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..")));

    /// <summary>Python's library: tens of thousands of small files.</summary>
    public static string? PythonLibrary { get; } = Existing(Output("python3", "-c", "import sysconfig; print(sysconfig.get_paths()['stdlib'])"));

    /// <summary>Makes four large files out of the SDK's.</summary>
    public static string MakeLargeFiles(string folder)
    {
        Directory.CreateDirectory(folder);
        using IEnumerator<string> files = Directory.EnumerateFiles(DotnetSdk!, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).GetEnumerator();
        for (int i = 0; i < LargeFiles; i++)
        {
            using FileStream large = File.Create(Path.Combine(folder, $"large-{i}"));
            while (large.Length < LargeBytes && files.MoveNext())
            {
                using FileStream part = File.OpenRead(files.Current);
                part.CopyTo(large);
            }
        }

        return folder;
    }

    private static string? Existing(string? path) => Directory.Exists(path) ? path : null;

    private static string? Output(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
