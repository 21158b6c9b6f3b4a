using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that look into bundles, on this machine or in a bucket. AWS is called only for what is in a bucket.</summary>
public abstract class BundleReadingCmdlet : EnvironmentCmdlet
{
    private readonly Dictionary<string, AwsGateways> _connections = [];

    protected sealed override async Task EndAsync(CancellationToken stop)
    {
        try
        {
            await ReadBundlesAsync(stop);
        }
        finally
        {
            foreach (AwsGateways aws in _connections.Values) aws.Dispose();
        }
    }

    /// <summary>The work, when all records have come.</summary>
    private protected abstract Task ReadBundlesAsync(CancellationToken stop);

    private protected async Task<BundleManifest> ReadAsync(NamedBundle bundle, CancellationToken stop)
    {
        if (bundle.Reference.Path is not null) return await new ManifestReader(store: null).ReadAsync(bundle.Reference, stop);
        string place = bundle.Environment?.Name ?? "";
        if (!_connections.TryGetValue(place, out AwsGateways? aws))
        {
            _connections[place] = aws = await OpenAwsAsync(bundle.Environment is { } environment ? AwsConnection.Of(environment) : null, stop);
        }

        return await new ManifestReader(aws.Objects).ReadAsync(bundle.Reference, stop);
    }

    /// <summary>Published bundles of an environment; with bucket, version and plain names no configuration is read.</summary>
    private protected IReadOnlyList<NamedBundle> Published(string environment, string? version, string[]? names, string? bucket)
    {
        if (bucket is not null && version is not null && names is { Length: > 0 } && !names.Any(NamePattern.HasWildcard))
        {
            return [.. names.Select(name => new NamedBundle(BundleReference.InBucket(bucket, environment, version, name), null))];
        }

        var selection = EnvironmentSelection.Of(Configuration, environment, version);
        string place = bucket ?? selection.Environment.Bucket ?? throw new CumulusException(
            ErrorIds.BucketMissing, FailureKind.InvalidInput, $"There is no bucket for environment '{environment}'.")
        {
            Target = environment,
            Advice = "Give -Bucket, or set bucket in the environment's configuration.",
        };
        string chosen = selection.RequireVersion();
        return [.. selection.Bundles(names).Select(b => new NamedBundle(BundleReference.InBucket(place, selection.Name, chosen, b.Name), selection.Environment))];
    }

    /// <summary>A path, a file, or what New-Bundle, Publish-Bundle, Get-Bundle and Save-Bundle write.</summary>
    private protected NamedBundle Named(object value)
    {
        object bundle = value is PSObject wrapped ? wrapped.BaseObject : value;
        string? path = bundle as string ?? (bundle as FileInfo)?.FullName ?? Property("Path");
        if (path is not null) return new NamedBundle(BundleReference.InFile(ResolvePath(path)), null);
        return Property("Bucket") is { } bucket && Property("Key") is { } key
            ? new NamedBundle(BundleReference.InBucket(bucket, key), null)
            : throw new CumulusException(ErrorIds.InputNotBound, FailureKind.InvalidInput, $"A {bundle.GetType().Name} is no bundle: it has neither a Path, nor a Bucket and a Key.")
            {
                Target = bundle,
            };

        string? Property(string name) => bundle.GetType().GetProperty(name)?.GetValue(bundle) as string;
    }

    /// <param name="Environment">Whose connection is taken; null: what the user gave, the session's, the SDK's own.</param>
    private protected sealed record NamedBundle(BundleReference Reference, EnvironmentDefinition? Environment);
}
