using System.Runtime.CompilerServices;
using System.Text;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Deployments;

/// <summary>An application with one module from S3 on a fleet in memory.</summary>
internal sealed class DeploymentFixture : IDisposable
{
    private const string Modules = """

        autoscale: { name: web, min: 1, max: 100 }
        modules:
          - { name: site, source: { protocol: s3, url: 's3://bucket/code/' }, scope: code, path: /var/www/site AFTER}
        """;

    private readonly TempFolder _temp = new();
    private readonly KillableState _state;

    public DeploymentFixture(int hosts = 8)
    {
        Fleet = new FakeApplicationFleet(hosts);
        _state = new KillableState(new BucketStateStore(Objects, "bucket"));
        Code("1");
    }

    public const string Key = "web/prod/front";

    public HastyClock Clock { get; } = new();

    public FakeObjectStore Objects { get; } = new();

    public FakeApplicationFleet Fleet { get; }

    public List<string> Log { get; } = [];

    public string? AfterAllDeploy { get; set; }

    public void Code(string content) => Objects["code/index.html"] = Encoding.UTF8.GetBytes(content);

    public void Dispose() => _temp.Dispose();

    public Task<ApplicationManifest> ManifestAsync() => new ManifestStore(new BucketStateStore(Objects, "bucket"), Objects, Clock).ReadAsync(Key, default);

    public async Task<IReadOnlyList<GhostDeployment>> RecordsAsync() => await new GhostDeploymentStore(new BucketStateStore(Objects, "bucket")).ReadAsync(Key, null, default);

    public Task<(RolloutJournal Journal, string Version)?> JournalAsync() => new RolloutJournalStore(new BucketStateStore(Objects, "bucket")).FindAsync(Key, default);

    public async Task<GhostDeployment> DeployAsync(string strategy = "25%", Func<DeployRequest, DeployRequest>? change = null, RunningJob? job = null)
    {
        DeployRequest request = await RequestAsync(strategy);
        return await Deployer().DeployAsync(change?.Invoke(request) ?? request, job ?? Job());
    }

    public async Task<DeployPlan> PlanAsync(string strategy) => await Deployer().PlanAsync(await RequestAsync(strategy), default);

    public async Task<GhostDeployment?> ResumeAsync()
    {
        _state.IsDead = false;
        DeployRequest request = await RequestAsync("25%");
        return await Deployer().ResumeAsync(request.Application.Definition, request, Job());
    }

    /// <summary>From here on nothing that this process asks for is done, as after a kill.</summary>
    public void Kill()
    {
        _state.IsDead = true;
        throw new KilledException();
    }

    public bool IsDead => _state.IsDead;

    public RunningJob Job(CancellationToken stop = default) => new("job-1", new JobLog(_state, Key, "job-1", Clock, new SecretRedaction([]), line =>
    {
        lock (Log) Log.Add(line.Text);
    }), stop);

    private async Task<DeployRequest> RequestAsync(string strategy)
    {
        string yaml = Applications.Minimal + Modules.Replace("AFTER", AfterAllDeploy is null ? "" : $", after_all_deploy: \"{AfterAllDeploy}\" ", StringComparison.Ordinal);
        var store = new ApplicationStore(new BucketStateStore(Objects, "bucket"), Clock);
        StoredApplication application = await store.FindAsync(new ApplicationKey("web", "prod", "front"), default) ?? await store.CreateAsync(Applications.Read(yaml), "test", default);
        return new DeployRequest { Application = application, Strategy = RolloutStrategy.Parse(strategy), Bucket = "bucket", User = "ci", Job = "job-1", Settings = new RolloutSettings { HealthLimit = TimeSpan.FromSeconds(60) } };
    }

    private GhostDeployer Deployer() => new(_state, Objects, Fleet, Fleet, new ModulePackager(Objects, _temp["cache"]) { WorkFolder = _temp.Folder("work") }, Clock);
}

/// <summary>The process that it is thrown in is taken for dead.</summary>
internal sealed class KilledException : Exception;

/// <summary>A state that a dead process cannot write to.</summary>
internal sealed class KillableState(IStateStore inner) : IStateStore
{
    public bool IsDead { get; set; }

    public Task<StateDocument?> GetAsync(string name, CancellationToken cancellationToken) => Alive().GetAsync(name, cancellationToken);

    public Task<StateLook> LookAsync(string name, string known, CancellationToken cancellationToken) => Alive().LookAsync(name, known, cancellationToken);

    public Task<string?> PutIfAbsentAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Alive().PutIfAbsentAsync(name, content, cancellationToken);

    public Task<string?> PutIfMatchAsync(string name, ReadOnlyMemory<byte> content, string version, CancellationToken cancellationToken) => Alive().PutIfMatchAsync(name, content, version, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => Alive().DeleteAsync(name, cancellationToken);

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (string name in Alive().ListAsync(prefix, cancellationToken)) yield return name;
    }

    private IStateStore Alive() => IsDead ? throw new KilledException() : inner;
}
