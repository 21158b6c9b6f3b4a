namespace Cumulus.Benchmarks;

/// <summary>A folder for what contests write: in memory where the system has such a place, so that no disk is measured.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly string _path = Directory.CreateDirectory(
        Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"cumulus-bench-{Guid.NewGuid():N}")).FullName;

    public string this[string name] => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
