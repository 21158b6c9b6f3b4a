using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets for applications and jobs: where the state is that a team shares.</summary>
public abstract class GhostCmdlet : EnvironmentCmdlet
{
    private const string StateVariable = "CUMULUS_STATE";

    private const string BucketScheme = "s3://";

    private IStateStore? _state;
    private AwsGateways? _stateAws;
    private string? _stateBucket;

    /// <summary>Bucket with the state. Default: CUMULUS_STATE (s3://BUCKET, or a folder), then the bucket of the configuration, then a folder of yours.</summary>
    [Parameter]
    public string? Bucket { get; set; }

    /// <summary>Folder with the state, for one machine.</summary>
    [Parameter]
    public string? StatePath { get; set; }

    /// <summary>Name of the caller in records.</summary>
    private protected static string Caller => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Opened at first use, once for each command.</summary>
    /// <param name="env">Environment of the application, whose bucket counts when the configuration has several; null: not known.</param>
    private protected async Task<IStateStore> StateAsync(string? env, CancellationToken stop)
    {
        if (_state is not null) return _state;
        string? variable = Environment.GetEnvironmentVariable(StateVariable) is { Length: > 0 } text ? text : null;
        bool isBucket = variable?.StartsWith(BucketScheme, StringComparison.Ordinal) == true;
        string? folder = StatePath is not null ? ResolvePath(StatePath) : Bucket is null && variable is not null && !isBucket ? variable : null;
        string? bucket = folder is not null ? null : Bucket ?? (isBucket ? variable![BucketScheme.Length..].TrimEnd('/') : Configured(env));
        if (bucket is null)
        {
            folder ??= System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "cumulus", "state");
            WriteVerbose($"state: folder {folder}");
            return _state = new FolderStateStore(folder);
        }

        EnvironmentDefinition? environment = ConfigurationIfAny?.Environments.FirstOrDefault(e => e.Bucket == bucket);
        _stateAws = await OpenAwsAsync(environment is null ? null : AwsConnection.Of(environment), stop);
        WriteVerbose($"state: bucket {bucket}");
        _stateBucket = bucket;
        return _state = new BucketStateStore(_stateAws.Objects, bucket);
    }

    /// <summary>Where packages lie: the bucket that was given, else that of the state, each by the account that the state is reached with.</summary>
    /// <param name="given">Null: not given.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BucketMissing"/>: the state is a folder, and no bucket was given.</exception>
    private protected async Task<(IObjectStore Objects, string Bucket)> PackagesAsync(string? given, CancellationToken stop)
    {
        string bucket = given ?? _stateBucket ?? throw new CumulusException(ErrorIds.BucketMissing, FailureKind.InvalidInput, "The state is a folder, and where packages go was not said.") { Advice = "Give -PackageBucket." };
        _stateAws ??= await OpenAwsAsync((AwsConnection?)null, stop);
        return (_stateAws.Objects, bucket);
    }

    /// <summary>The account and the region that the application works in.</summary>
    private protected Task<AwsGateways> OpenAwsAsync(GhostApplication application, CancellationToken stop) =>
        ConnectAsync(ApplicationConnection.Of(application, new AwsConnection { ProfileName = ProfileName, EndpointUrl = EndpointUrl }, Session.Connection), stop);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _stateAws?.Dispose();
        base.Dispose(disposing);
    }

    private string? Configured(string? env)
    {
        EnvironmentDefinition[] environments = [.. ConfigurationIfAny?.Environments.Where(e => !string.IsNullOrWhiteSpace(e.Bucket)) ?? []];
        string[] buckets = [.. environments.Where(e => e.Name == env).Select(e => e.Bucket!).DefaultIfEmpty().OfType<string>()];
        if (buckets.Length == 0) buckets = [.. environments.Select(e => e.Bucket!).Distinct()];
        return buckets.Length <= 1 ? buckets.FirstOrDefault() : throw new CumulusException(
            ErrorIds.BucketMissing, FailureKind.InvalidInput, $"The configuration has several buckets, and which of them has the state was not said: {string.Join(", ", buckets)}.")
        {
            Advice = $"Give -Bucket, or set {StateVariable} to s3://BUCKET.",
        };
    }
}
