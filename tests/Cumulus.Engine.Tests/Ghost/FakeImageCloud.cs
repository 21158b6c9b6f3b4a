using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Ghost;

/// <summary>EC2 and SSM as far as baking needs them, in memory; each call can be made to fail, before or after it did its work.</summary>
internal sealed class FakeImageCloud : IImageService, IMachineCatalog, IHostCommands, IApplicationFleet
{
    private int _made;

    public string Region => "eu-west-1";

    /// <summary>Id, and tags with the state.</summary>
    public Dictionary<string, (string State, IReadOnlyDictionary<string, string> Tags)> Instances { get; } = [];

    public Dictionary<string, BakedImageState> Images { get; } = [];

    public List<string> Calls { get; } = [];

    public List<string> Ran { get; } = [];

    public List<BuildInstanceRequest> Launches { get; } = [];

    public HashSet<string> Uses { get; } = [];

    /// <summary>Number of the call that fails, from 1; and whether its work is done all the same.</summary>
    public (int Number, bool WorkIsDone)? Fault { get; set; }

    public string CommandStatus { get; set; } = "Success";

    public IEnumerable<string> Living => Instances.Where(i => i.Value.State != "terminated").Select(i => i.Key);

    private Task<T> Call<T>(string name, Func<T> work, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        Calls.Add(name);
        bool fails = Fault?.Number == Calls.Count;
        if (fails && !Fault!.Value.WorkIsDone) throw Failure(name);
        T value = work();
        return fails ? throw Failure(name) : Task.FromResult(value);
    }

    private static CumulusException Failure(string name) => new(ErrorIds.AwsRequestFailed, FailureKind.Unavailable, $"{name} failed.");

    public Task<string?> ParameterAsync(string name, CancellationToken cancellationToken) => Call("Parameter", () => (string?)"ami-1", cancellationToken);

    public Task<string?> NewestAsync(string name, string owner, string architecture, CancellationToken cancellationToken) => Call("Newest", () => (string?)"ami-1", cancellationToken);

    public Task<string> LaunchAsync(BuildInstanceRequest request, CancellationToken cancellationToken) => Call("Launch", () =>
    {
        Launches.Add(request);
        string id = $"i-{++_made}";
        Instances[id] = ("running", request.Tags);
        return id;
    }, cancellationToken);

    public Task<string?> InstanceStateAsync(string instanceId, CancellationToken cancellationToken) => Call("InstanceState", () => (string?)Instances[instanceId].State, cancellationToken);

    public Task<IReadOnlyList<string>> InstancesAsync(string tag, string value, CancellationToken cancellationToken) =>
        Call("InstancesByTag", () => (IReadOnlyList<string>)[.. Living.Where(i => Instances[i].Tags.GetValueOrDefault(tag) == value)], cancellationToken);

    public Task StopAsync(string instanceId, CancellationToken cancellationToken) => Call("Stop", () => Instances[instanceId] = ("stopped", Instances[instanceId].Tags), cancellationToken);

    public Task TerminateAsync(string instanceId, CancellationToken cancellationToken) => Call("Terminate", () => Instances[instanceId] = ("terminated", Instances[instanceId].Tags), cancellationToken);

    public Task<string> CreateAsync(string instanceId, string name, string description, bool noReboot, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        Call("CreateImage", () => Add(name, tags), cancellationToken);

    public Task<string> CopyAsync(string sourceRegion, string imageId, string name, string? kmsKeyId, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken) =>
        Call("CopyImage", () => Add(name, tags), cancellationToken);

    public Task<BakedImageState?> StateAsync(string imageId, CancellationToken cancellationToken) => Call("ImageState", () => Images.GetValueOrDefault(imageId), cancellationToken);

    public Task<IReadOnlyList<BakedImageState>> ImagesAsync(string tag, string value, CancellationToken cancellationToken) =>
        Call("ImagesByTag", () => (IReadOnlyList<BakedImageState>)[.. Images.Values.Where(i => i.Tags.GetValueOrDefault(tag) == value)], cancellationToken);

    public Task ShareAsync(string imageId, IReadOnlyCollection<string> accounts, CancellationToken cancellationToken) => Call("Share", () => true, cancellationToken);

    public Task<IReadOnlyList<string>> SharedWithAsync(string imageId, CancellationToken cancellationToken) => Call("SharedWith", () => (IReadOnlyList<string>)[], cancellationToken);

    public Task DeprecateAsync(string imageId, DateTimeOffset at, CancellationToken cancellationToken) => Call("Deprecate", () => Images[imageId] = Images[imageId] with { DeprecatedAt = at }, cancellationToken);

    public Task DisableAsync(string imageId, CancellationToken cancellationToken) => Call("Disable", () => Images[imageId] = Images[imageId] with { State = "disabled" }, cancellationToken);

    public Task DeleteAsync(BakedImageState image, CancellationToken cancellationToken) => Call("DeleteImage", () => Images.Remove(image.ImageId), cancellationToken);

    public Task<IReadOnlyList<string>> UsesAsync(string imageId, CancellationToken cancellationToken) => Call("Uses", () => (IReadOnlyList<string>)(Uses.Contains(imageId) ? ["instance i-9"] : []), cancellationToken);

    public Task<MachineImage?> ImageAsync(string imageId, CancellationToken cancellationToken) =>
        Call("Image", () => imageId == "ami-1" ? new MachineImage("ami-1", "base", "x86_64", null, "available", "/dev/xvda", 8) : null, cancellationToken);

    public Task<string> SendAsync(HostCommandRequest request, CancellationToken cancellationToken) => Call("Send", () =>
    {
        Ran.Add(request.Comment);
        return $"command-{Ran.Count}";
    }, cancellationToken);

    public Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken) =>
        Call("Result", () => (HostCommandResult?)new HostCommandResult(instanceId, CommandStatus, CommandStatus == "Success" ? 0 : 3, "out", CommandStatus == "Success" ? "" : "it broke"), cancellationToken);

    public Task CancelAsync(string commandId, CancellationToken cancellationToken) => Call("Cancel", () => true, cancellationToken);

    public Task<IReadOnlyList<FleetInstance>> InstancesAsync(IReadOnlyDictionary<string, string> tags, IReadOnlyList<string> without, CancellationToken cancellationToken) =>
        Call("Fleet", () => (IReadOnlyList<FleetInstance>)[.. Living.Select(i => new FleetInstance(i, HostPlatform.Linux, null, true, true, null, default))], cancellationToken);

    Task<IReadOnlyList<HostCommandStatus>> IHostCommands.StatusesAsync(string commandId, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyDictionary<string, MachineSubnet>> IMachineCatalog.SubnetsAsync(IReadOnlyCollection<string> subnetIds, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyDictionary<string, string>> IMachineCatalog.SecurityGroupsAsync(IReadOnlyCollection<string> groupIds, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<bool> IMachineCatalog.VpcExistsAsync(string vpcId, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<bool> IMachineCatalog.KeyPairExistsAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<string>?> IMachineCatalog.ArchitecturesAsync(string instanceType, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<bool> IMachineCatalog.GroupExistsAsync(string autoScalingGroup, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<ScalingGroup?> IApplicationFleet.ScalingGroupAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IApplicationFleet.SuspendAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IApplicationFleet.ResumeAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<TargetState>> IApplicationFleet.TargetsAsync(Balancer balancer, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IApplicationFleet.DeregisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IApplicationFleet.RegisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<TimeSpan> IApplicationFleet.DrainTimeAsync(Balancer balancer, CancellationToken cancellationToken) => throw new NotSupportedException();

    private string Add(string name, IReadOnlyDictionary<string, string> tags)
    {
        string id = $"ami-baked{++_made}";
        Images[id] = new BakedImageState(id, name, "available", null, [$"snap-{_made}"], null, null, tags);
        return id;
    }
}
