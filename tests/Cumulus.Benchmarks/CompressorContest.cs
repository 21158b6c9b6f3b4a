using System.Diagnostics;
using System.IO.Compression;
using ICSharpCode.SharpZipLib.BZip2;
using SharpDeflater = ICSharpCode.SharpZipLib.Zip.Compression.Deflater;

namespace Cumulus.Benchmarks;

/// <summary>The compressors that could be used, on the same files, one thread each: what docs/decisions/0006 was decided by.</summary>
internal static class CompressorContest
{
    private const long SampleBytes = 48L << 20;
    private const int OneFileIn = 7;
    private const int Rounds = 3;

    public static void Run(string tree, TextWriter output)
    {
        byte[][] files = Sample(tree);
        long total = files.Sum(f => (long)f.Length);
        var compressors = new (string Name, Func<byte[], long> Run)[]
        {
            ("runtime zlib, Fastest", file => Deflate(file, CompressionLevel.Fastest)),
            ("runtime zlib, Optimal", file => Deflate(file, CompressionLevel.Optimal)),
            ("runtime zlib, SmallestSize", file => Deflate(file, CompressionLevel.SmallestSize)),
            ("SharpZipLib deflate 6", SharpZip),
            ("SharpZipLib bzip2 9", Bzip2),
        };
        output.WriteLine($"\nCompressors on {files.Length:N0} files, {total / 1e6:0} MB, of {tree} (.NET {Environment.Version}, best of {Rounds}, one thread)");
        output.WriteLine($"{"",-28}{"time",10}{"MB/s",10}{"size",10}");
        foreach ((string name, Func<byte[], long> run) in compressors)
        {
            double best = double.MaxValue;
            long size = 0;
            for (int round = 0; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                size = files.Sum(run);
                best = Math.Min(best, watch.Elapsed.TotalSeconds);
            }

            output.WriteLine($"{name,-28}{best,8:0.00} s{total / best / 1e6,10:0}{(double)size / total,10:P1}");
        }
    }

    private static byte[][] Sample(string tree)
    {
        var files = new List<byte[]>();
        long total = 0;
        foreach (string path in Directory.EnumerateFiles(tree, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((_, i) => i % OneFileIn == 0))
        {
            if (total > SampleBytes) break;
            files.Add(File.ReadAllBytes(path));
            total += files[^1].Length;
        }

        return [.. files];
    }

    private static long Deflate(byte[] file, CompressionLevel level)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, level, leaveOpen: true)) deflate.Write(file);
        return output.Length;
    }

    private static long SharpZip(byte[] file)
    {
        var deflater = new SharpDeflater(6, noZlibHeaderOrFooter: true);
        deflater.SetInput(file);
        deflater.Finish();
        byte[] buffer = new byte[64 << 10];
        long size = 0;
        while (!deflater.IsFinished) size += deflater.Deflate(buffer);
        return size;
    }

    private static long Bzip2(byte[] file)
    {
        using var output = new MemoryStream();
        using (var bzip2 = new BZip2OutputStream(output, 9) { IsStreamOwner = false }) bzip2.Write(file);
        return output.Length;
    }
}
