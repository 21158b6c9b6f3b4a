using System.Globalization;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>The records of an application's deployments, in the state that a team shares.</summary>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class GhostDeploymentStore(IStateStore state)
{
    private const int AtOnce = 8;

    private const int ShortestId = 4;

    /// <summary>An id that sorts by time and that nobody else has.</summary>
    public static string NewId(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{Guid.NewGuid().ToString("N")[..8]}");

    /// <returns>The version that <see cref="EndAsync"/> needs.</returns>
    public async Task<string> BeginAsync(GhostDeployment deployment, CancellationToken cancellationToken) =>
        await state.PutIfAbsentAsync(NameOf(deployment), deployment.ToBytes(), cancellationToken) ?? throw Changed(deployment);

    /// <summary>Replaces what was written before.</summary>
    public async Task<string> EndAsync(GhostDeployment deployment, string version, CancellationToken cancellationToken) =>
        await state.PutIfMatchAsync(NameOf(deployment), deployment.ToBytes(), version, cancellationToken) ?? throw Changed(deployment);

    /// <summary>Null when there is none; with the version that <see cref="EndAsync"/> needs.</summary>
    public async Task<(GhostDeployment Deployment, string Version)?> FindAsync(string application, string id, CancellationToken cancellationToken)
    {
        string name = FolderOf(application) + id;
        return await state.GetAsync(name, cancellationToken) is { } document ? (GhostDeployment.Read(document, name), document.Version) : null;
    }

    /// <summary>The newest first.</summary>
    /// <param name="last">At most so many; null: all.</param>
    public async Task<IReadOnlyList<GhostDeployment>> ReadAsync(string application, int? last, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (string name in state.ListAsync(FolderOf(application), cancellationToken)) names.Add(name);
        names.Reverse();
        if (last is { } most && names.Count > most) names.RemoveRange(most, names.Count - most);
        var found = new GhostDeployment?[names.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, limit, async (i, stop) =>
        {
            if (await state.GetAsync(names[i], stop) is { } document) found[i] = GhostDeployment.Read(document, names[i]);
        });
        return [.. found.OfType<GhostDeployment>()];
    }

    /// <summary>By its id, or by an end of it of four characters or more that no other has.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.GhostDeploymentNotFound"/>: none, several, or one of another application (G-09).</exception>
    public async Task<GhostDeployment> GetAsync(string application, string id, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (string name in state.ListAsync(FolderOf(application), cancellationToken))
        {
            if (name.EndsWith("/" + id, StringComparison.Ordinal) || (id.Length >= ShortestId && name.EndsWith(id, StringComparison.Ordinal))) names.Add(name);
        }

        if (names.Count == 1 && await FindAsync(application, names[0][FolderOf(application).Length..], cancellationToken) is { } found) return found.Deployment;
        string what = names.Count > 1 ? $"{names.Count} deployments of {application} have an id that ends in '{id}'." : $"{application} has no deployment '{id}'.";
        throw new CumulusException(ErrorIds.GhostDeploymentNotFound, FailureKind.NotFound, what) { Target = id, Advice = "Get-GhostDeployment lists those of an application." };
    }

    internal static string FolderOf(string application) => $"ghost/applications/{application}/deployments/";

    private static string NameOf(GhostDeployment deployment) => FolderOf(deployment.Application) + deployment.Id;

    private static CumulusException Changed(GhostDeployment deployment) =>
        new(ErrorIds.StateInvalid, FailureKind.Conflict, $"Somebody else wrote the record of deployment {deployment.Id}.") { Target = deployment.Id };
}
