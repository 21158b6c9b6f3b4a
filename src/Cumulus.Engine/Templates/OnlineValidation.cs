using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Templates;

/// <summary>Has CloudFormation validate templates. One that is too long to be sent, or that names local files, goes to the bucket first, under the key of its content.</summary>
public sealed class OnlineValidation(IStackService stacks, TemplatePackager packager)
{
    /// <summary>What the service does not like; null when it likes all.</summary>
    /// <exception cref="CumulusException">The failures of <see cref="IStackService"/> and <see cref="IObjectStore"/>.</exception>
    public async Task<TemplateProblem?> ValidateAsync(StackDefinition stack, TemplateDestination destination, CancellationToken cancellationToken)
    {
        try
        {
            TemplatePackage package = await packager.PlanAsync(stack, destination, cancellationToken);
            await packager.UploadAsync(package, null, cancellationToken);
            await stacks.ValidateAsync(package.Source, cancellationToken);
            return null;
        }
        catch (CumulusException e) when (e.ErrorId is ErrorIds.TemplateInvalid or ErrorIds.TemplateNotFound or ErrorIds.BucketMissing)
        {
            return new TemplateProblem { Severity = TemplateProblem.Error, Source = "CloudFormation", File = stack.Template, Message = e.Message };
        }
    }
}
