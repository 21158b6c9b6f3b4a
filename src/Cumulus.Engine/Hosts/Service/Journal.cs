namespace Cumulus.Engine.Hosts.Service;

/// <summary>Whether what this process writes goes to systemd's journal by itself.</summary>
public static class Journal
{
    /// <param name="journalStream">The variable JOURNAL_STREAM (systemd.exec(5)): device and inode of the stream. Children of a service inherit it, also those whose output goes elsewhere.</param>
    /// <param name="linkOf">What <c>/proc/self/fd/N</c> leads to; null when that cannot be told.</param>
    public static bool Has(string? journalStream, Func<int, string?> linkOf)
    {
        string[] parts = (journalStream ?? "").Split(':');
        return parts is [_, { Length: > 0 } inode] && (linkOf(1) == $"socket:[{inode}]" || linkOf(2) == $"socket:[{inode}]");
    }

    /// <summary>This process.</summary>
    public static bool HasThisProcess => Has(Environment.GetEnvironmentVariable("JOURNAL_STREAM"), LinkOf);

    private static string? LinkOf(int descriptor)
    {
        try
        {
            return new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
