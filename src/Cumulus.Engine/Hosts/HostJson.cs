using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>How a host's own documents are written.</summary>
internal static class HostJson
{
    public static JsonSerializerOptions Options { get; } = BundleManifest.Json;

    /// <summary>Writes beside, flushes to the disk, then takes the name: a reader sees the old document or the new one.</summary>
    public static async Task WriteWholeAsync<T>(string path, T value, CancellationToken cancellationToken)
    {
        string beside = path + ".new";
        await using (FileStream stream = File.Create(beside))
        {
            await JsonSerializer.SerializeAsync(stream, value, Options, cancellationToken);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
