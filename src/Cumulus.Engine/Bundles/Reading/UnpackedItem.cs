using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>Writes what comes out of an archive to new places on the disk.</summary>
internal static class UnpackedItem
{
    private const int PieceLength = 1 << 18;

    /// <summary>Makes a file that did not exist, readable and writable as its mode says only when all of its content was right.</summary>
    /// <exception cref="CumulusException">As <see cref="EntryContent.Read(Span{byte})"/>; the file is then left as far as it came.</exception>
    /// <exception cref="IOException">It exists, or the disk does not take it.</exception>
    public static void WriteFile(string path, UnixFileMode mode, EntryContent content)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            // A file that fits is read, and so found right, before it is made.
            int length = Fill(content, piece);
            using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            for (long written = 0; length > 0; length = length < piece.Length ? 0 : Fill(content, piece))
            {
                RandomAccess.Write(file, piece.AsSpan(0, length), written);
                written += length;
            }

            content.Finish();
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file) != mode) File.SetUnixFileMode(file, mode);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <param name="target">With <c>/</c> between components.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.FileAccessDenied"/>: Windows lets this user make no links.</exception>
    public static void MakeLink(string path, string target)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(path, target);
            return;
        }

        const int PrivilegeNotHeld = unchecked((int)0x80070522);
        try
        {
            File.CreateSymbolicLink(path, target.Replace('/', '\\'));
        }
        catch (IOException e) when (e.HResult == PrivilegeNotHeld)
        {
            throw new CumulusException(ErrorIds.FileAccessDenied, FailureKind.AccessDenied, $"Windows does not let this user make the link {path}.", e)
            {
                Target = path,
                Advice = "Run as administrator, or turn on Windows' developer mode.",
            };
        }
    }

    private static int Fill(EntryContent content, byte[] piece) => content.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false);
}
