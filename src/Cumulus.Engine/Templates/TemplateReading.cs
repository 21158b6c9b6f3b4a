using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Templates;

/// <summary>A stack's template as far as it can be read.</summary>
/// <param name="Document">Null: it cannot be read, or only by the service.</param>
/// <param name="Problem">Why it cannot be read.</param>
/// <param name="IsLocal">It is a file of this machine.</param>
public sealed record ReadTemplate(TemplateDocument? Document, TemplateProblem? Problem, bool IsLocal);

/// <summary>Reads templates for what they declare.</summary>
/// <param name="objects">For templates in S3; null: those are left to the service.</param>
public sealed class TemplateReading(IObjectStore? objects, HttpClient http)
{
    private readonly TemplateFetcher _fetcher = new(objects, http);

    /// <exception cref="CumulusException">The failures of <see cref="IObjectStore"/>.</exception>
    public async Task<ReadTemplate> ReadAsync(StackDefinition stack, TemplateDestination destination, CancellationToken cancellationToken)
    {
        try
        {
            FetchedTemplate fetched = await _fetcher.FetchAsync(stack, destination, cancellationToken);
            return new ReadTemplate(fetched.Text is { } text ? TemplateReader.Read(text) : null, null, fetched.Folder is not null);
        }
        catch (TemplateFormatException e)
        {
            return Unreadable(stack, $"This is no template: {e.Message.TrimEnd('.')}.", e.Line, e.Column);
        }
        catch (CumulusException e) when (e.ErrorId is ErrorIds.TemplateNotFound or ErrorIds.TemplateInvalid)
        {
            return Unreadable(stack, e.Message, 0, 0);
        }
    }

    private static ReadTemplate Unreadable(StackDefinition stack, string message, int line, int column) =>
        new(null, new TemplateProblem { Severity = TemplateProblem.Error, Source = "template", File = stack.Template, Line = line, Column = column, Message = message }, IsLocal: false);
}
