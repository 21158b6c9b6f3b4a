using Amazon;
using Amazon.Runtime.CredentialManagement;
using Cumulus.Engine.Completion;

namespace Cumulus.Engine.Aws;

/// <summary>Region codes that the SDK knows, those of the configuration first.</summary>
public sealed class RegionWords : ICompletionSource
{
    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) =>
    [
        .. (scope.Configuration?.Environments ?? []).Where(e => e.Region is not null).Select(e => new CompletionWord(e.Region!, $"region of {e.Name}")),
        .. RegionEndpoint.EnumerableAllRegions.Select(r => new CompletionWord(r.SystemName, r.DisplayName)).OrderBy(w => w.Text, StringComparer.Ordinal),
    ];
}

/// <summary>Profiles of the AWS configuration files.</summary>
public sealed class ProfileWords : ICompletionSource
{
    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) =>
        [.. new CredentialProfileStoreChain().ListProfiles().Select(p => new CompletionWord(p.Name, p.Region is { } region ? $"region {region.SystemName}" : null)).OrderBy(w => w.Text, StringComparer.Ordinal)];
}
