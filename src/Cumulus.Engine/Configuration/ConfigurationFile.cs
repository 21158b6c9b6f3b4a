using System.Text;

namespace Cumulus.Engine.Configuration;

/// <summary>A file that was written.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Size">Bytes.</param>
public sealed record ConfigurationFile(string Path, long Size)
{
    /// <summary>Writes a text file that appears when it is whole.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.FileExists"/>, when it may not be replaced.</exception>
    public static async Task<ConfigurationFile> WriteAsync(string path, string text, bool replace, CancellationToken cancellationToken)
    {
        if (!replace && File.Exists(path)) throw Exists(path);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllBytesAsync(beside, bytes, cancellationToken);
            File.Move(beside, path, replace);
        }
        catch (IOException) when (!replace && File.Exists(path))
        {
            throw Exists(path);
        }
        finally
        {
            File.Delete(beside);
        }

        return new ConfigurationFile(path, bytes.Length);
    }

    private static CumulusException Exists(string path) =>
        new(ErrorIds.FileExists, FailureKind.Conflict, $"{path} is there already.") { Target = path, Advice = "Give -Force to replace it." };
}
