using System.Globalization;
using System.Text;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>
/// The handler's log file: UTC times, secrets taken out, and never more than so many files of so many bytes (section 11.1 of the old behaviour: 10 MB, five older ones). Each line is in the file when
/// <see cref="Write"/> returns. A log that cannot be written is told of once and then left alone: it never fails an install.
/// </summary>
/// <param name="path">Full path. Its folder is made if it is missing.</param>
/// <param name="unwritable">Told once, when a line cannot be written.</param>
public sealed class HandlerLog(string path, TimeProvider clock, Action<string> unwritable, long maximumBytes = HandlerLog.DefaultBytes, int olderFiles = HandlerLog.DefaultOlderFiles)
{
    private const long DefaultBytes = 10_000_000;

    private const int DefaultOlderFiles = 5;

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    /// <summary>What is taken out of the lines from now on.</summary>
    public SecretRedaction Redaction { get; set; } = SecretRedaction.For(null);

    private readonly object _gate = new();
    private bool _off;

    /// <summary>Safe from any thread. A text of several lines gives as many.</summary>
    public void Write(string text)
    {
        string time = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var lines = new StringBuilder();
        foreach (string line in Redaction.Clean(text).ReplaceLineEndings("\n").Split('\n'))
        {
            // Scripts colour their output, and a log must not be rewritten from inside.
            lines.Append(time).Append(' ').Append([.. line.Select(c => char.IsControl(c) && c != '\t' ? '?' : c)]).Append('\n');
        }

        lock (_gate)
        {
            if (_off) return;
            try
            {
                Append(Encoding.UTF8.GetBytes(lines.ToString()));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _off = true;
                unwritable($"The log {path} cannot be written: {e.Message}");
            }
        }
    }

    // Opened for each line: another run on the same host may write, and rotate, at the same time.
    private void Append(byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (new FileInfo(path) is { Exists: true } file && file.Length + bytes.Length > maximumBytes) Rotate();
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        using var stream = new FileStream(path, options);
        stream.Write(bytes);
    }

    private void Rotate()
    {
        for (int i = olderFiles; i > 0; i--)
        {
            string from = i == 1 ? path : Older(i - 1);
            if (File.Exists(from)) File.Move(from, Older(i), overwrite: true);
        }

        if (olderFiles == 0) File.Delete(path);
    }

    private string Older(int i) => string.Create(CultureInfo.InvariantCulture, $"{path}.{i}");
}
