using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>Finds out what a host that follows is to install: reads <c>metadata.conf</c> anew each time, and the environment's pointer in the bucket.</summary>
/// <param name="selection">What was given by hand; no version.</param>
/// <param name="metadataFile">Full path.</param>
/// <param name="connect">Opens the bucket's store; asked each time, for the file may name other keys by then.</param>
/// <param name="warn">Gets each warning about the file once.</param>
public sealed class TargetFinder(InstallSelection selection, string metadataFile, IConfigurationFiles files, PathStyle style, Func<HostMetadata?, CancellationToken, Task<IObjectStore>> connect, Action<string> warn)
{
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private (string Bucket, IObjectStore Store, VersionPointers Reader)? _pointers;

    /// <summary>As the file was when it was read last; null: there is none.</summary>
    public HostMetadata? Metadata { get; private set; }

    /// <returns>Null: nothing says a version yet.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.MetadataInvalid"/>, <see cref="ErrorIds.StateInvalid"/>, those of <paramref name="connect"/> and of <see cref="IObjectStore"/>.</exception>
    public async Task<HandlerTarget?> FindAsync(CancellationToken cancellationToken)
    {
        bool canDoWithout = (selection with { Version = "" }).IsComplete && !File.Exists(metadataFile);
        Metadata = canDoWithout ? null : HostMetadataReader.Load(metadataFile, files, style);
        foreach (ConfigurationProblem warning in (Metadata?.Warnings ?? []).Where(w => _warned.Add(w.ToString()))) warn(warning.ToString());
        DateTimeOffset written = File.GetLastWriteTimeUtc(metadataFile);
        IObjectStore store = await connect(Metadata, cancellationToken);
        string bucket = selection.BucketOf(Metadata);
        if (_pointers is not { } known || known.Bucket != bucket || known.Store != store) _pointers = (bucket, store, new VersionPointers(new BucketStateStore(store, bucket)));
        string environment = selection.Environment ?? Metadata!.Environment;
        return HandlerTarget.Of(selection, Metadata, written, await _pointers.Value.Reader.ReadAsync(environment, cancellationToken));
    }
}
