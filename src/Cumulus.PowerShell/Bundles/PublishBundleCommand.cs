using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Puts bundles into the bucket of their environment. A published version stays as it is.</summary>
[Cmdlet(VerbsData.Publish, "Bundle", SupportsShouldProcess = true)]
[OutputType(typeof(PublishedBundle))]
public sealed class PublishBundleCommand : EnvironmentCmdlet
{
    private readonly List<Bundle> _bundles = [];

    /// <summary>Bundle that New-Bundle built.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("InputObject")]
    public Bundle? Bundle { get; set; }

    /// <summary>Environment, for a bundle that was built for none.</summary>
    [Parameter]
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

    protected override Task ProcessAsync(CancellationToken stop)
    {
        _bundles.Add(Bundle!);
        return Task.CompletedTask;
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        var connections = new Dictionary<string, AwsGateways>();
        try
        {
            var requests = new List<(BundlePublisher Publisher, PublishRequest Request, PublishedBundle Plan)>();
            foreach (Bundle bundle in _bundles)
            {
                (BundlePublisher publisher, PublishRequest request) = await RequestAsync(bundle, connections, stop);
                requests.Add((publisher, request, await publisher.PlanAsync(request, stop)));
            }

            var published = new List<PublishedBundle>();
            foreach ((BundlePublisher publisher, PublishRequest request, PublishedBundle plan) in requests)
            {
                if (!ShouldProcess($"s3://{plan.Bucket}/{plan.Key}", Action(plan.State))) continue;
                published.Add(await publisher.PublishAsync(request, stop));
                WriteProgress(new CmdletProgress(1, $"Publishing {plan.Name}", "done", Completed: true));
                WriteVerbose($"{plan.Name}: {published[^1].State.ToString().ToLowerInvariant()} as s3://{plan.Bucket}/{plan.Key}");
            }

            // All or none: what comes next in the pipeline must not deploy half a version.
            WriteObjects(published);
        }
        finally
        {
            foreach (AwsGateways aws in connections.Values) aws.Dispose();
        }
    }

    private async Task<(BundlePublisher, PublishRequest)> RequestAsync(Bundle bundle, Dictionary<string, AwsGateways> connections, CancellationToken stop)
    {
        string? name = bundle.Environment ?? Environment;
        EnvironmentDefinition? environment = Bucket is null && name is not null ? EnvironmentSelection.Of(Configuration, name).Environment : null;
        string place = environment?.Name ?? "";
        if (!connections.TryGetValue(place, out AwsGateways? aws))
        {
            connections[place] = aws = await OpenAwsAsync(environment is null ? null : AwsConnection.Of(environment), stop);
        }

        return (new BundlePublisher(aws.Objects), new PublishRequest
        {
            Bundle = bundle,
            Environment = Environment,
            Version = Version,
            Bucket = Bucket ?? environment?.Bucket,
            Region = aws.Region,
            Force = IsSet(Force),
            Progress = new UploadProgress(this, bundle),
        });
    }

    private static string Action(PublishState state) => state switch
    {
        PublishState.Unchanged => "Publish (nothing to do, the content is there)",
        PublishState.Replaced => "Replace what is published",
        _ => "Publish",
    };

    private sealed class UploadProgress(PublishBundleCommand command, Bundle bundle) : IProgress<long>
    {
        private int _percent = -1;

        public void Report(long value)
        {
            int percent = bundle.Size == 0 ? 100 : (int)(value * 100 / bundle.Size);
            // Parts report from several threads; a bar that moves a hundred times is enough.
            if (Interlocked.Exchange(ref _percent, percent) == percent) return;
            command.WriteProgress(new CmdletProgress(1, $"Publishing {bundle.Name}", $"{value:N0} of {bundle.Size:N0} bytes", percent));
        }
    }
}
