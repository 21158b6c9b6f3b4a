namespace Cumulus.LocalCloud.Tests.Support;

public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("localcloud-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
