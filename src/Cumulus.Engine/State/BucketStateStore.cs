using System.Runtime.CompilerServices;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.State;

/// <summary>State in a bucket, by conditional writes; below <see cref="Prefix"/>.</summary>
public sealed class BucketStateStore(IObjectStore objects, string bucket) : IStateStore
{
    public const string Prefix = ".cumulus/state/";

    public async Task<StateDocument?> GetAsync(string name, CancellationToken cancellationToken) =>
        await objects.GetAsync(bucket, Key(name), cancellationToken) is { } found ? new StateDocument(found.Bytes, found.ETag) : null;

    public async Task<StateLook> LookAsync(string name, string known, CancellationToken cancellationToken)
    {
        ObjectLook look = await objects.LookAsync(bucket, Key(name), known, cancellationToken);
        return new StateLook(look.Changed, look.Content is { } found ? new StateDocument(found.Bytes, found.ETag) : null);
    }

    public Task<string?> PutIfAbsentAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        objects.PutAsync(bucket, Key(name), content, ObjectWrite.IfAbsent, cancellationToken);

    public Task<string?> PutIfMatchAsync(string name, ReadOnlyMemory<byte> content, string version, CancellationToken cancellationToken) =>
        objects.PutAsync(bucket, Key(name), content, new ObjectWrite { IfMatch = version }, cancellationToken);

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (await objects.DeleteAsync(bucket, [Key(name)], cancellationToken) is not [{ } failure, ..]) return;
        throw new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, $"s3://{bucket}/{failure.Key} was not deleted: {failure.Message} ({failure.Code}).") { Target = failure.Key };
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedObject found in objects.ListAsync(bucket, Prefix + prefix, cancellationToken)) yield return found.Key[Prefix.Length..];
    }

    private static string Key(string name) => Prefix + StateNames.Require(name);
}
