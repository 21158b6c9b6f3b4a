using System.Globalization;
using System.Text.RegularExpressions;

namespace Cumulus.Engine.Jobs;

/// <summary>Names of a job's documents in the state.</summary>
internal static partial class JobNames
{
    public const string Folder = "jobs/";

    private const string RecordEnding = "/record";

    private const string OpenEnding = "/open";

    public static string NewId(DateTimeOffset now, Random random) =>
        $"{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}-{random.Next(0x10000):x4}";

    public static string Record(string subject, string id) => $"{Folder}{subject}/{id}{RecordEnding}";

    /// <summary>There while the job has not ended, so that a look at the list tells who is before whom.</summary>
    public static string Open(string subject, string id) => $"{Folder}{subject}/{id}{OpenEnding}";

    public static string LogFolder(string subject, string id) => $"{Folder}{subject}/{id}/log/";

    public static string LogChunk(string subject, string id, int number) => string.Create(CultureInfo.InvariantCulture, $"{LogFolder(subject, id)}{number:d6}");

    public static string Turn(string subject) => $"{Folder}{subject}/turn";

    /// <summary>Subject and id of a record's name; null for another name.</summary>
    public static (string Subject, string Id)? OfRecord(string name) => Parse(name, RecordEnding);

    public static (string Subject, string Id)? OfOpen(string name) => Parse(name, OpenEnding);

    private static (string Subject, string Id)? Parse(string name, string ending)
    {
        if (!name.StartsWith(Folder, StringComparison.Ordinal) || !name.EndsWith(ending, StringComparison.Ordinal)) return null;
        string path = name[Folder.Length..^ending.Length];
        int slash = path.LastIndexOf('/');
        return slash > 0 && Id().IsMatch(path[(slash + 1)..]) ? (path[..slash], path[(slash + 1)..]) : null;
    }

    [GeneratedRegex(@"\A[0-9]{8}T[0-9]{9}Z-[0-9a-f]{4}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
