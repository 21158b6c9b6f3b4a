namespace Cumulus.Engine.Configuration;

/// <summary>The little that reading a configuration asks of a file system.</summary>
public interface IConfigurationFiles
{
    /// <summary>Whether a file or a folder is there.</summary>
    bool Exists(string path);

    /// <summary>The bytes of a file; null when there is none.</summary>
    /// <exception cref="IOException">It is there and cannot be read, or is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    byte[]? Read(string path);
}
