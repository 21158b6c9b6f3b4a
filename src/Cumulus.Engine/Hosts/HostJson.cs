using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>How a host's own documents are written.</summary>
internal static class HostJson
{
    /// <summary>What a document's name ends in until it is whole.</summary>
    public const string Unfinished = ".new";

    public static JsonSerializerOptions Options { get; } = new(BundleManifest.Json) { Converters = { new BundleEntryConverter() } };

    /// <summary>The same on one line.</summary>
    public static JsonSerializerOptions OneLine { get; } = new(Options) { WriteIndented = false };

    /// <summary>Writes beside, flushes to the disk, then takes the name: a reader sees the old document or the new one.</summary>
    public static async Task WriteWholeAsync<T>(string path, T value, CancellationToken cancellationToken)
    {
        string beside = path + Unfinished;
        await using (FileStream stream = File.Create(beside))
        {
            await JsonSerializer.SerializeAsync(stream, value, Options, cancellationToken);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
