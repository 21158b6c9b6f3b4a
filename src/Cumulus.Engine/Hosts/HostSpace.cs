using System.Globalization;

namespace Cumulus.Engine.Hosts;

/// <summary>Compares what an install writes with what its file systems have free, before anything changes. What is replaced is kept by its name alone and takes no further space.</summary>
internal static class HostSpace
{
    private const long Block = 4096;

    /// <summary>For each entry in journal and state document.</summary>
    private const long RecordLength = 1024;

    /// <param name="free">Free bytes of the file system that a full path is on; null: unknown.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.HostDiskFull"/>, with need and free space.</exception>
    public static void Require(HostPaths paths, FileSystems fileSystems, HostChanges changes, int entries, Func<string, long?> free)
    {
        var needs = new Dictionary<string, long> { [paths.StateFolderPath] = RecordLength * (entries + changes.Places.Count) };
        foreach (FilePlacement place in changes.Places)
        {
            string store = fileSystems.StoreFor(place.Path);
            needs[store] = needs.GetValueOrDefault(store) + ((place.Entry.Size + Block - 1) / Block * Block);
        }

        foreach ((string store, long need) in needs)
        {
            string place = Existing(paths.Full(store));
            if (free(place) is not { } there || there >= need) continue;
            throw new CumulusException(ErrorIds.HostDiskFull, FailureKind.OperationFailed, $"The install needs {Megabytes(need)} on the file system of {place}, which has {Megabytes(there)} free. Nothing was changed.")
            {
                Target = place,
                Advice = "Make room, or keep fewer versions with -KeepVersions.",
            };
        }
    }

    public static long? FreeBytes(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Some network file systems do not tell; the write itself will.
            return null;
        }
    }

    public static bool IsDiskFull(Exception failure) =>
        failure is IOException && (failure.HResult & 0xFFFF) is 28 or 122 or 0x70 or 0x27;

    private static string Existing(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } above) path = above;
        return path;
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(bytes / 104857.6) / 10:0.0} MB");
}
