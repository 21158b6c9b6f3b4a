using Cumulus.Engine.Bundles;

namespace Cumulus.Benchmarks;

/// <summary>
/// Expand-Bundle against what else unpacks the same archives: whole processes, each into a folder of its own, and every digest compared by
/// us alone. Nothing is deleted until the end, so the scratch folder needs room for twenty trees.
/// </summary>
internal static class ExpandContest
{
    private const int Rounds = 2;

    public static async Task RunAsync(string cumulus, TextWriter output)
    {
        string tree = BenchmarkTrees.PythonLibrary ?? BenchmarkTrees.DotnetSdk!;
        using var scratch = new ScratchFolder();
        string zip = await BuildAsync(tree, scratch["archives"], BundleFormat.Zip);
        string tar = await BuildAsync(tree, scratch["archives"], BundleFormat.TarGz);
        new Contest(
            $"unpack {tree}",
            Ours(cumulus, zip),
            Ours(cumulus, tar),
            new Contestant("unzip -q", "unzip", "-q", zip, "-d", "{out}"),
            new Contestant("tar xzf", "sh", "-c", $"mkdir '{{out}}' && tar xzf '{tar}' -C '{{out}}'") { Needs = "tar" },
            new Contestant("7z x", "7z", "x", "-bso0", "-snl", "-o{out}", zip),
            new Contestant("python3 -m zipfile", "python3", "-m", "zipfile", "-e", zip, "{out}")) { TellsSizes = false }.Run(Rounds, output);
    }

    private static Contestant Ours(string cumulus, string archive) =>
        new($"Expand-Bundle {Path.GetFileName(archive)}", cumulus, "Expand-Bundle", "-LiteralPath", archive, "-DestinationPath", "{out}");

    private static async Task<string> BuildAsync(string tree, string folder, BundleFormat format) =>
        (await new BundleBuilder().BuildAsync(BundleRequest.FromPath("bench", tree, folder) with { Format = format }, default)).Path;
}
