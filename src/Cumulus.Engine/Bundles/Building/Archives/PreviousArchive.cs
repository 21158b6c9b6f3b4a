using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>The archive of the last build, to copy what has not changed from.</summary>
internal sealed class PreviousArchive : IDisposable
{
    private readonly SafeFileHandle _handle;

    private PreviousArchive(SafeFileHandle handle) => _handle = handle;

    /// <summary>Null when it is not there any more as it was written.</summary>
    public static PreviousArchive? Open(BuildOutcome outcome)
    {
        try
        {
            var archive = new PreviousArchive(File.OpenHandle(outcome.ArchivePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            // After it was opened: so what is read is what was looked at.
            if (outcome.IsThere) return archive;
            archive.Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>From any thread.</summary>
    public void Read(long position, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(_handle, destination, position);
            if (read == 0) throw new EndOfStreamException("The archive of the last build became shorter.");
            destination = destination[read..];
            position += read;
        }
    }

    public void Dispose() => _handle.Dispose();
}
