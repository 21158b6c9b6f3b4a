using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Completion;

/// <summary>Bundles that are installed on this machine, or below the root that the line names.</summary>
public sealed class InstalledWords : ICompletionSource
{
    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) => [];

    /// <summary>From this machine's disk, which may be as slow as a network.</summary>
    public async Task<IReadOnlyList<CompletionWord>> LiveAsync(CompletionScope scope, CancellationToken cancellationToken)
    {
        HostInventory inventory = await InventoryAsync(scope, cancellationToken);
        return [.. inventory.Find([]).Select(b => new CompletionWord(b.Name, $"version {b.Version}"))];
    }

    internal static Task<HostInventory> InventoryAsync(CompletionScope scope, CancellationToken cancellationToken)
    {
        string? root = scope.Given("RootPath") is { } given ? Path.GetFullPath(given, scope.CurrentFolder) : Environment.GetEnvironmentVariable("CUMULUS_ROOT");
        return HostInventory.ReadAsync(root is { Length: > 0 } ? root : null, cancellationToken);
    }
}

/// <summary>Earlier versions that this machine keeps.</summary>
public sealed class KeptVersionWords : ICompletionSource
{
    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) => [];

    public async Task<IReadOnlyList<CompletionWord>> LiveAsync(CompletionScope scope, CancellationToken cancellationToken)
    {
        HostInventory inventory = await InstalledWords.InventoryAsync(scope, cancellationToken);
        IReadOnlyList<HostBundle> bundles = await inventory.DescribeAsync(inventory.Find([]), _ => { }, cancellationToken);
        return [.. bundles.SelectMany(b => b.PreviousVersions.Select(v => new CompletionWord(v, $"earlier version of {b.Name}")))];
    }
}
