using System.Text;

namespace Cumulus.Engine.Configuration;

/// <summary>Bytes of a configuration file as text: UTF-8, or UTF-16 when a byte order mark says so.</summary>
internal static class ConfigurationText
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Null, and an error with the line, when the bytes are no text.</summary>
    public static string? Decode(byte[] bytes, string file, ProblemCollector problems)
    {
        if (bytes.AsSpan().StartsWith<byte>([0xFF, 0xFE])) return Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2);
        if (bytes.AsSpan().StartsWith<byte>([0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2);
        int start = bytes.AsSpan().StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;
        try
        {
            return StrictUtf8.GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException e)
        {
            int line = 1 + bytes.AsSpan(0, Math.Min(bytes.Length, start + Math.Max(0, e.Index))).Count((byte)'\n');
            problems.Error(new Place(file, line), null, "This is not UTF-8 text. Save the file as UTF-8.");
            return null;
        }
    }

    /// <summary>The text of a file; null, and an error, when it cannot be had though it is there.</summary>
    public static string? Read(IConfigurationFiles files, string path, ProblemCollector problems)
    {
        try
        {
            return files.Read(path) is { } bytes ? Decode(bytes, path, problems) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Error(new Place(path, 0), null, $"The file cannot be read: {e.Message}");
            return null;
        }
    }
}
