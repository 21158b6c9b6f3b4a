using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;
using Cumulus.Engine.Templates;

namespace Cumulus.Engine.Environments;

/// <summary>Gets the templates of a deployment ready: those of the configuration, packaged, or those that a record names.</summary>
/// <param name="state">Where the templates of earlier deployments are; null: nowhere.</param>
internal sealed class TemplateStock(IObjectStore objects, IStateStore? state, TemplateDestination destination)
{
    private static readonly HttpClient Http = new();

    /// <summary>Reads all of them before anything is uploaded.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateNotFound"/>, <see cref="ErrorIds.TemplateInvalid"/>, <see cref="ErrorIds.BucketMissing"/>, <see cref="ErrorIds.RollbackImpossible"/>, and
    /// the failures of <see cref="IObjectStore"/>.</exception>
    public async Task<IReadOnlyList<StackTemplate>> ReadyAsync(IReadOnlyList<StackDefinition> stacks, DeploymentRecord? restore, CancellationToken cancellationToken)
    {
        if (restore is not null) return await StoredAsync(stacks, restore, cancellationToken);
        using var packager = new TemplatePackager(objects, Http);
        var packages = new List<(StackDefinition Stack, TemplatePackage Package)>();
        foreach (StackDefinition stack in stacks) packages.Add((stack, await packager.PlanAsync(stack, destination, cancellationToken)));
        foreach ((_, TemplatePackage package) in packages) await packager.UploadAsync(package, null, cancellationToken);
        return [.. packages.Select(p => StackTemplate.Of(p.Stack, p.Package))];
    }

    private async Task<IReadOnlyList<StackTemplate>> StoredAsync(IReadOnlyList<StackDefinition> stacks, DeploymentRecord restore, CancellationToken cancellationToken)
    {
        var templates = new List<StackTemplate>();
        foreach (StackDefinition stack in stacks)
        {
            string text = await TextAsync(stack, restore, cancellationToken);
            StackTemplate template = StackTemplate.Of(stack, text);
            templates.Add(StackTemplate.IsTooLong(text) ? template with { Source = await UploadAsync(stack, text, cancellationToken) } : template);
        }

        return templates;
    }

    private async Task<string> TextAsync(StackDefinition stack, DeploymentRecord restore, CancellationToken cancellationToken)
    {
        if (state is not null && restore.Stacks.FirstOrDefault(s => s.Name == stack.Name)?.TemplateDigest is { } digest)
        {
            return await new TemplateArchive(state).ReadAsync(digest, stack.Name, cancellationToken);
        }

        throw new CumulusException(ErrorIds.RollbackImpossible, FailureKind.NotFound, $"Deployment {restore.Id} does not tell which template stack '{stack.Name}' had. Nothing was changed.")
        {
            Target = restore.Id,
            Advice = "Deploy the version with the configuration that it had: Deploy-Environment -Version.",
        };
    }

    private async Task<TemplateSource> UploadAsync(StackDefinition stack, string text, CancellationToken cancellationToken)
    {
        string bucket = destination.Bucket ?? throw StackTemplate.Invalid(stack, "it is too long to be sent without a bucket", "Set 'bucket' of the environment.");
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string key = $"{TemplateDestination.Prefix}{Hex.Of(SHA256.HashData(bytes))}.template";
        if (await objects.FindAsync(bucket, key, cancellationToken) is null) await objects.PutAsync(bucket, key, bytes, ObjectWrite.IfAbsent, cancellationToken);
        return new TemplateSource(null, S3Address.Url(bucket, key, destination.Region, destination.EndpointUrl));
    }
}
