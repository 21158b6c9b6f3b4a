using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Templates;

namespace Cumulus.Engine.Environments;

/// <summary>The template of one stack, ready to be sent.</summary>
public sealed record StackTemplate
{
    /// <summary>Bytes that CloudFormation takes inline (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).</summary>
    public const int MaxInlineBytes = 51_200;

    public required StackDefinition Stack { get; init; }

    /// <summary>What a request takes.</summary>
    public required TemplateSource Source { get; init; }

    /// <summary>The text that CloudFormation gets, also where it gets it by address; null where only the service reads it.</summary>
    public string? Text { get; private init; }

    /// <summary>What the text declares; null where there is no text, or one that only the service can judge.</summary>
    public TemplateDocument? Document { get; private init; }

    /// <summary>Resources that it declares; null when that is not known.</summary>
    public int? ResourceCount => Document?.Resources.Count;

    /// <summary>Of the text, as <see cref="TemplateArchive"/> keeps it.</summary>
    public string? Digest { get; private init; }

    public static StackTemplate Of(StackDefinition stack, TemplatePackage package) => new()
    {
        Stack = stack,
        Source = package.Source,
        Text = package.Text,
        Document = package.Document,
        Digest = package.Text is { } text ? TemplateArchive.DigestOf(text) : null,
    };

    public static StackTemplate Of(StackDefinition stack, string text) => new()
    {
        Stack = stack,
        Source = new TemplateSource(text, null),
        Text = text,
        Document = DocumentOf(text),
        Digest = TemplateArchive.DigestOf(text),
    };

    /// <summary>The text is too long to be sent with a request.</summary>
    public static bool IsTooLong(string text) => Encoding.UTF8.GetByteCount(text) > MaxInlineBytes;

    /// <summary>One error shape for all that is wrong with a template.</summary>
    internal static CumulusException Invalid(StackDefinition stack, string reason, string? advice, Exception? inner = null) =>
        new(ErrorIds.TemplateInvalid, FailureKind.InvalidInput, $"The template '{stack.Template}' of stack '{stack.Name}' is not valid: {reason.TrimEnd('.')}.", inner)
        { Target = stack.Template, Advice = advice };

    private static TemplateDocument? DocumentOf(string text)
    {
        try
        {
            return TemplateReader.Read(text);
        }
        catch (TemplateFormatException)
        {
            // What is wrong with it the service says better.
            return null;
        }
    }
}
