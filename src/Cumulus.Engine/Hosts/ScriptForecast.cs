using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>The init scripts that will run in a change of the host: before it those that are there, after it those that are there then.</summary>
internal sealed class ScriptForecast(HostPaths paths, RecoveredView host)
{
    public IReadOnlyList<PlannedScript> Before(InstalledState state) =>
        Order(ScriptPhase.Stop, Now(), state.Bundles.SelectMany(b => b.Entries.Select(e => (ArchiveName.Join(b.Path, e.Name), b.Name))));

    public IReadOnlyList<PlannedScript> After(HostChanges changes, InstallGoal goal)
    {
        Dictionary<string, bool> scripts = Now();
        foreach (FileRemoval removal in changes.Clear.Concat(changes.Removals)) scripts.Remove(removal.Path);
        foreach (FileRestore back in changes.Restores.Where(r => IsScript(r.Path))) scripts[back.Path] = host.IsExecutable(back.Kept);
        // What a new link leads to may itself be new: it is taken for a program.
        foreach (FilePlacement place in changes.Places.Where(p => IsScript(p.Path))) scripts[place.Path] = paths.Windows || place.Entry.Mode.HasFlag(UnixFileMode.UserExecute);
        return Order(
            ScriptPhase.Start,
            scripts,
            goal.Staying.SelectMany(b => b.Entries.Select(e => (ArchiveName.Join(b.Path, e.Name), b.Name)))
                .Concat(goal.Offers.SelectMany(o => o.Entries.Select(e => (ArchiveName.Join(o.Path, e.Name), o.Name)))));
    }

    private Dictionary<string, bool> Now() =>
        host.Names(paths.InitScriptsPath).Select(name => ArchiveName.Join(paths.InitScriptsPath, name))
            .Where(p => host.Look(p) is { IsFolder: false }).ToDictionary(p => p, p => paths.Windows || host.IsExecutable(p), paths.Comparer);

    private bool IsScript(string hostPath) => paths.Comparer.Equals(ArchiveName.Parent(hostPath).ToString(), paths.InitScriptsPath);

    private IReadOnlyList<PlannedScript> Order(ScriptPhase phase, Dictionary<string, bool> scripts, IEnumerable<(string Path, string Bundle)> entries)
    {
        var owners = new Dictionary<string, string>(paths.Comparer);
        foreach ((string path, string bundle) in entries.Where(e => IsScript(e.Path))) owners[path] = bundle;
        IEnumerable<InitScript> files = scripts.Select(s => new InitScript(s.Key[(paths.InitScriptsPath.Length + 1)..], s.Value));
        return [.. InitScriptOrder.For(phase, files, paths.Windows).Scripts.Select(s => Planned(s.Name))];

        PlannedScript Planned(string name)
        {
            string path = ArchiveName.Join(paths.InitScriptsPath, name);
            return new PlannedScript(phase, name, paths.Full(path), owners.GetValueOrDefault(path));
        }
    }
}
