using System.Collections;
using System.Management.Automation;
using System.Security;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Puts bundles into the bucket of their environment. A published version stays as it is.</summary>
[Cmdlet(VerbsData.Publish, "Bundle", DefaultParameterSetName = "Bundle", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedBundle))]
public sealed class PublishBundleCommand : EnvironmentCmdlet
{
    private readonly List<Bundle> _bundles = [];

    /// <summary>Bundle that New-Bundle built.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Bundle")]
    [Alias("InputObject")]
    public Bundle? Bundle { get; set; }

    /// <summary>Archive that was built before; its manifest lies beside it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    public string[]? Path { get; set; }

    /// <summary>Environment, for a bundle that was built for none.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>Version, for a bundle that was built for none.</summary>
    [Parameter]
    public string? Version { get; set; }

    /// <summary>Bucket. Default: the environment's; then no configuration is needed.</summary>
    [Parameter]
    public string? Bucket { get; set; }

    /// <summary>Replace other content under a published key.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>S3 storage class of the archive. Default: STANDARD. Classes that have to be thawed first are no use to hosts.</summary>
    [Parameter]
    [ValidateSet("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR")]
    public string? StorageClass { get; set; }

    /// <summary>How S3 encrypts what is published. Default: as the bucket is set up.</summary>
    [Parameter]
    [ValidateSet("AES256", "aws:kms", "aws:kms:dsse")]
    public string? ServerSideEncryption { get; set; }

    /// <summary>Id, ARN or alias of the KMS key that encrypts.</summary>
    [Parameter]
    public string? KmsKeyId { get; set; }

    /// <summary>Tags for the objects in S3: @{ team = 'web' }.</summary>
    [Parameter]
    public Hashtable? Tag { get; set; }

    /// <summary>PEM file with the private key that signs the manifest.</summary>
    [Parameter]
    public string? SigningKey { get; set; }

    /// <summary>Passphrase of an encrypted -SigningKey.</summary>
    [Parameter]
    public SecureString? Passphrase { get; set; }

    /// <summary>Name of the environment variable that holds the passphrase, for scripts and for the console.</summary>
    [Parameter]
    public string? PassphraseVariable { get; set; }

    /// <summary>Id, ARN or alias of the KMS key that signs the manifest.</summary>
    [Parameter]
    public string? SigningKmsKeyId { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Say nothing to the build service that runs this: no groups, annotations, summary or outputs.</summary>
    [Parameter]
    public SwitchParameter NoCi { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        if (Bundle is not null) _bundles.Add(Bundle);
        foreach (string path in Path ?? []) _bundles.Add(await BundleFile.KnowAsync(ResolvePath(path), stop));
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        StorageOptions storage = StorageParameters.Read(StorageClass, ServerSideEncryption, KmsKeyId, Tag);
        var connections = new Dictionary<string, AwsGateways>();
        var signing = new SigningChoice(Host, SigningKey is { } key ? ResolvePath(key) : null, Passphrase, PassphraseVariable, SigningKmsKeyId);
        try
        {
            var requests = new List<(BundlePublisher Publisher, PublishRequest Request, PublishedBundle Plan)>();
            foreach (Bundle bundle in _bundles)
            {
                (EnvironmentDefinition? environment, AwsGateways aws) = await PlaceAsync(bundle, connections, stop);
                var request = new PublishRequest
                {
                    Bundle = bundle,
                    Environment = Environment,
                    Version = Version,
                    Bucket = Bucket ?? environment?.Bucket,
                    Region = aws.Region,
                    Force = IsSet(Force),
                    Storage = storage,
                    Signer = await signing.SignerAsync(aws, stop),
                    Log = WriteVerbose,
                };
                var publisher = new BundlePublisher(aws.Objects);
                requests.Add((publisher, request, await publisher.PlanAsync(request, stop)));
            }

            var published = new List<PublishedBundle>();
            foreach ((BundlePublisher publisher, PublishRequest request, PublishedBundle plan) in requests)
            {
                if (!ShouldProcess($"s3://{plan.Bucket}/{plan.Key}", Action(plan, request))) continue;
                published.Add(await PublishAsync(publisher, request, plan, stop));
            }

            // All or none: what comes next in the pipeline must not deploy half a version.
            WriteObjects(published);
        }
        finally
        {
            signing.Dispose();
            foreach (AwsGateways aws in connections.Values) aws.Dispose();
        }
    }

    private async Task<PublishedBundle> PublishAsync(BundlePublisher publisher, PublishRequest request, PublishedBundle plan, CancellationToken stop)
    {
        var bar = new TransferReporter(Host, $"Publishing {plan.Name}", plan.Size, TimeProvider.System);
        try
        {
            PublishedBundle result = await publisher.PublishAsync(request with { Progress = bar }, plan, stop);
            string replaced = result.Replaces is { } before ? $", instead of what was {before}" : "";
            string from = result.CopiedFrom is { } source ? $", copied from {source}" : "";
            string line = $"{plan.Name}: {result.State} as s3://{plan.Bucket}/{plan.Key}{from}{replaced}";
            WriteVerbose(line);
            WriteStatus(line);
            return result;
        }
        finally
        {
            bar.Done();
        }
    }

    private async Task<(EnvironmentDefinition?, AwsGateways)> PlaceAsync(Bundle bundle, Dictionary<string, AwsGateways> connections, CancellationToken stop)
    {
        string? name = bundle.Environment ?? Environment;
        EnvironmentDefinition? environment = Bucket is null && name is not null ? EnvironmentSelection.Of(Configuration, name).Environment : null;
        string place = environment?.Name ?? "";
        if (!connections.TryGetValue(place, out AwsGateways? aws))
        {
            connections[place] = aws = await OpenAwsAsync(environment is null ? null : AwsConnection.Of(environment), stop);
        }

        return (environment, aws);
    }

    private static string Action(PublishedBundle plan, PublishRequest request) => plan.State switch
    {
        PublishState.Unchanged when request.Signer is not null => "Publish (the content is there; sign it where it is not signed)",
        PublishState.Unchanged => "Publish (nothing to do, the content is there)",
        PublishState.Replaced => $"Replace what was {plan.Replaces}",
        _ => "Publish",
    };
}
