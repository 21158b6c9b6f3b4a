using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.State;

/// <summary>State in a folder, for one machine: each document a file that is renamed into place, so that a reader sees the old one or the new one.</summary>
public sealed class FolderStateStore(string folder) : IStateStore
{
    private const string LockName = ".lock";

    private const string TemporaryEnding = ".~";

    private const int LockTries = 500;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    public async Task<StateDocument?> GetAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            byte[] content = await File.ReadAllBytesAsync(PathOf(name), cancellationToken);
            return new StateDocument(content, VersionOf(content));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async Task<StateLook> LookAsync(string name, string known, CancellationToken cancellationToken) =>
        await GetAsync(name, cancellationToken) is var document && document?.Version == known ? new StateLook(false, null) : new StateLook(true, document);

    public Task<string?> PutIfAbsentAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        PutAsync(name, content, expected: null, cancellationToken);

    public Task<string?> PutIfMatchAsync(string name, ReadOnlyMemory<byte> content, string version, CancellationToken cancellationToken) =>
        PutAsync(name, content, version, cancellationToken);

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        await using FileStream held = await LockAsync(cancellationToken);
        if (File.Exists(path)) File.Delete(path);
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        if (!Directory.Exists(folder)) yield break;
        IEnumerable<string> names = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(name => name != LockName && !name.EndsWith(TemporaryEnding, StringComparison.Ordinal) && name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (string name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    private async Task<string?> PutAsync(string name, ReadOnlyMemory<byte> content, string? expected, CancellationToken cancellationToken)
    {
        string path = PathOf(name);
        await using FileStream held = await LockAsync(cancellationToken);
        if ((await GetAsync(name, cancellationToken))?.Version != expected) return null;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = path + TemporaryEnding;
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(content, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        return VersionOf(content.Span);
    }

    // Writers take turns; the lock of one that died goes with its process.
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        for (int i = 1; ; i++)
        {
            try
            {
                return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (i < LockTries && e is not (DirectoryNotFoundException or PathTooLongException))
            {
                await Task.Delay(LockPause, cancellationToken);
            }
        }
    }

    private string PathOf(string name) => Path.Combine(folder, StateNames.Require(name).Replace('/', Path.DirectorySeparatorChar));

    private static string VersionOf(ReadOnlySpan<byte> content) => Hex.Of(SHA256.HashData(content));
}
