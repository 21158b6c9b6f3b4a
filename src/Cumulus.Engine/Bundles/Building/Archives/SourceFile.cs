using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>Reads the files that go into an archive.</summary>
internal static class SourceFile
{
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleSourceChanged"/>: gone, or of another size than when it was found; <see cref="ErrorIds.AccessDenied"/>.</exception>
    public static SafeFileHandle Open(BundleSource source)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(source.FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, $"The file {source.FullPath} cannot be read: {e.Message}", e) { Target = source.FullPath };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Changed(source, e);
        }

        if (RandomAccess.GetLength(handle) == source.Size) return handle;
        handle.Dispose();
        throw Changed(source);
    }

    /// <summary>Fills the buffer from a position on.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleSourceChanged"/>: the file became shorter.</exception>
    public static void Read(SafeFileHandle handle, BundleSource source, long position, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int read = RandomAccess.Read(handle, buffer, position);
            if (read == 0) throw Changed(source);
            buffer = buffer[read..];
            position += read;
        }
    }

    private static CumulusException Changed(BundleSource source, Exception? cause = null) =>
        new(ErrorIds.BundleSourceChanged, FailureKind.Conflict, $"{source.FullPath} was changed while the bundle was built from it.", cause)
        {
            Target = source.FullPath,
            Advice = "Build when nothing writes to the bundled folders, or leave the file out with -Exclude.",
        };
}
