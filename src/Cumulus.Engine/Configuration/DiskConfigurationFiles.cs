namespace Cumulus.Engine.Configuration;

/// <summary>The files of this machine.</summary>
public sealed class DiskConfigurationFiles : IConfigurationFiles
{
    public bool Exists(string path) => Path.Exists(path);

    public byte[]? Read(string path)
    {
        if (Directory.Exists(path)) throw new IOException("It is a folder.");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
