using System.Globalization;

namespace Cumulus.LocalCloud.Tests.Support;

/// <summary>What /proc says of processes.</summary>
internal static class Processes
{
    /// <summary>A process and all below it.</summary>
    public static List<int> Of(int parent)
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id != 0)
            .Select(id => (Id: id, Parent: ParentOf(id)))
            .ToList();
        List<int> found = [parent];
        for (var i = 0; i < found.Count; i++)
            found.AddRange(parents.Where(pair => pair.Parent == found[i]).Select(pair => pair.Id));
        return found;
    }

    /// <summary>False too for one that has ended and that nobody has asked about.</summary>
    public static bool IsRunning(int id) => Stat(id) is { } stat && stat[0] != "Z";

    /// <summary>The most memory that a process ever held, in bytes.</summary>
    public static long PeakOf(int id) =>
        long.Parse(File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    private static int? ParentOf(int id) => Stat(id) is { } stat ? int.Parse(stat[1], CultureInfo.InvariantCulture) : null;

    private static string[]? Stat(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
