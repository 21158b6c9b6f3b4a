using System.IO.Compression;

namespace Cumulus.Benchmarks;

/// <summary>New-Bundle against what else makes archives of a tree: whole processes, nothing cached of earlier builds.</summary>
internal static class BuildContests
{
    private const int Rounds = 2;
    private const int RoundsOfLarge = 1;

    public static void Run(string cumulus, TextWriter output)
    {
        using var scratch = new ScratchFolder();
        foreach (string tree in Trees(scratch))
        {
            // Into the page cache, which takes the place of a round that does not count.
            foreach (string file in Directory.EnumerateFiles(tree, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })) File.ReadAllBytes(file);
            int rounds = tree == BenchmarkTrees.PythonLibrary ? Rounds : RoundsOfLarge;
            Contestant ours = Ours(cumulus, tree, "zip", CompressionLevel.Optimal);
            new Contest($"zip of {tree}", ours, Ours(cumulus, tree, "zip", CompressionLevel.SmallestSize), Zip(tree), PythonZip(tree), SevenZip(tree)).Run(rounds, output, warmUp: false);
            new Contest($"tar.gz of {tree}", Ours(cumulus, tree, "tar.gz", CompressionLevel.Optimal), Tar(tree, "gzip"), Tar(tree, "pigz -p2 -6")).Run(rounds, output, warmUp: false);
        }
    }

    private static IEnumerable<string> Trees(ScratchFolder scratch)
    {
        if (BenchmarkTrees.PythonLibrary is { } python) yield return python;
        if (BenchmarkTrees.DotnetSdk is not { } sdk) yield break;
        yield return sdk;
        yield return BenchmarkTrees.MakeLargeFiles(scratch["large"]);
    }

    private static Contestant Ours(string cumulus, string tree, string format, CompressionLevel level) =>
        new($"New-Bundle {format} {level}", cumulus, "New-Bundle", "-Path", tree, "-Name", "bench", "-DestinationPath", "{out}", "-Format", format, "-CompressionLevel", $"{level}", "-NoCache");

    private static Contestant Zip(string tree) => new("zip -r", "zip", "-r", "-q", "-y", "{out}.zip", tree);

    private static Contestant PythonZip(string tree) => new("python3 -m zipfile", "python3", "-m", "zipfile", "-c", "{out}.zip", tree);

    private static Contestant SevenZip(string tree) => new("7z a -tzip", "7z", "a", "-tzip", "-bso0", "-snl", "{out}.zip", tree);

    private static Contestant Tar(string tree, string compressor) =>
        new($"tar | {compressor}", "sh", "-c", $"tar cf - -C '{tree}' . | {compressor} > '{{out}}.tar.gz'") { Needs = compressor.Split(' ')[0] };
}
