using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>The reports of an environment's hosts, in the state that the team shares.</summary>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class HostReportStore(IStateStore state)
{
    private const int AtOnce = 8;

    private const string Folder = "hosts/";

    /// <summary>Puts a run on top of what the host wrote before.</summary>
    public async Task AddAsync(HostReport report, CancellationToken cancellationToken)
    {
        string name = $"{FolderOf(report.Environment)}{NameOf(report.InstanceId ?? report.Host)}";
        string? written = null;
        while (written is null)
        {
            written = await state.GetAsync(name, cancellationToken) is { } there
                ? await state.PutIfMatchAsync(name, report.After(HostReport.Read(there, name)).ToBytes(), there.Version, cancellationToken)
                : await state.PutIfAbsentAsync(name, report.ToBytes(), cancellationToken);
        }
    }

    /// <summary>In the order of the hosts' names.</summary>
    public async Task<IReadOnlyList<HostReport>> ReadAsync(string environment, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (string name in state.ListAsync(FolderOf(environment), cancellationToken)) names.Add(name);
        var reports = new HostReport?[names.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, limit, async (i, stop) =>
        {
            if (await state.GetAsync(names[i], stop) is { } document) reports[i] = HostReport.Read(document, names[i]);
        });
        return [.. reports.OfType<HostReport>()];
    }

    private static string FolderOf(string environment) => $"{Folder}{NameRules.Require("environment", environment)}/";

    // A machine may be called anything.
    private static string NameOf(string host)
    {
        string name = new([.. host.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        return NameRules.IsValid(name) ? name : NameRules.Require("name of the host", $"host{name}");
    }
}
