using System.Net;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Templates;

/// <summary>A template's text and where it came from.</summary>
/// <param name="Text">Null: only the service reads it.</param>
/// <param name="Folder">Full path of the folder that its relative paths start from; null: it has none.</param>
/// <param name="Url">Where CloudFormation can read it itself; null: nowhere.</param>
internal sealed record FetchedTemplate(string? Text, string? Folder, string? Url);

/// <summary>Gets a template from this machine, from S3, or from any other web server.</summary>
/// <param name="objects">Null: a template in S3 is left to the service.</param>
internal sealed class TemplateFetcher(IObjectStore? objects, HttpClient http)
{
    /// <summary>Bytes of a template in S3, the most that CloudFormation takes (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).</summary>
    public const int MaximumBytes = 1_048_576;

    private static readonly TimeSpan WebLimit = TimeSpan.FromSeconds(60);
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateNotFound"/>, <see cref="ErrorIds.TemplateInvalid"/>, and the failures of <see cref="IObjectStore"/>.</exception>
    public async Task<FetchedTemplate> FetchAsync(StackDefinition stack, TemplateDestination destination, CancellationToken cancellationToken)
    {
        if (stack.Template.StartsWith("s3://", StringComparison.OrdinalIgnoreCase)) return await FromBucketAsync(stack, destination, cancellationToken);
        if (Uri.TryCreate(stack.Template, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            return S3Address.IsS3(address!, destination.EndpointUrl)
                ? new FetchedTemplate(null, null, stack.Template)
                : new FetchedTemplate(await FromWebAsync(stack, address!, cancellationToken), null, null);
        }

        byte[] bytes = await TemplateFiles.ReadAsync(stack.Template, $"The template '{stack.Template}' of stack '{stack.Name}'", $"Set 'template' of stack '{stack.Name}' in {stack.SourceFile}.", cancellationToken);
        return new FetchedTemplate(Text(bytes, stack), Path.GetDirectoryName(Path.GetFullPath(stack.Template)), null);
    }

    /// <summary>The text of bytes, without a byte order mark.</summary>
    /// <exception cref="DecoderFallbackException">They are no UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> bytes) => Utf8.GetString(bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes);

    private async Task<FetchedTemplate> FromBucketAsync(StackDefinition stack, TemplateDestination destination, CancellationToken cancellationToken)
    {
        if (S3Address.OfUri(stack.Template) is not { } address) throw Invalid(stack, "it is no address of the form s3://BUCKET/KEY");
        string url = S3Address.Url(address.Bucket, address.Key, destination.Region, destination.EndpointUrl);
        if (objects is null) return new FetchedTemplate(null, null, url);
        ObjectContent content = await objects.GetAsync(address.Bucket, address.Key, cancellationToken) ?? throw NotFound(stack, "does not exist");
        return new FetchedTemplate(Text(content.Bytes, stack), null, url);
    }

    private async Task<string> FromWebAsync(StackDefinition stack, Uri address, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(WebLimit);
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (answer.StatusCode != HttpStatusCode.OK) throw NotFound(stack, $"cannot be had: the server answers {(int)answer.StatusCode}");
            await using Stream body = await answer.Content.ReadAsStreamAsync(limit.Token);
            var bytes = new byte[MaximumBytes + 1];
            int read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, limit.Token);
            return Text(bytes.AsSpan(0, read), stack);
        }
        catch (HttpRequestException e)
        {
            throw NotFound(stack, $"cannot be had: {e.Message.TrimEnd('.')}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotFound(stack, $"did not come within {WebLimit.TotalSeconds:0} s", e);
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes, StackDefinition stack)
    {
        if (bytes.Length > MaximumBytes) throw Invalid(stack, FormattableString.Invariant($"it has more than {MaximumBytes:N0} bytes, and CloudFormation takes no more"));
        try
        {
            return Text(bytes) is { } text && !string.IsNullOrWhiteSpace(text) ? text : throw Invalid(stack, "it is empty");
        }
        catch (DecoderFallbackException e)
        {
            throw Invalid(stack, "it is no UTF-8 text", e);
        }
    }

    private static CumulusException Invalid(StackDefinition stack, string reason, Exception? inner = null) =>
        new(ErrorIds.TemplateInvalid, FailureKind.InvalidInput, $"The template '{stack.Template}' of stack '{stack.Name}' is not valid: {reason}.", inner) { Target = stack.Template };

    private static CumulusException NotFound(StackDefinition stack, string why, Exception? inner = null) =>
        new(ErrorIds.TemplateNotFound, FailureKind.NotFound, $"The template '{stack.Template}' of stack '{stack.Name}' {why}.", inner)
        { Target = stack.Template, Advice = $"Set 'template' of stack '{stack.Name}' in {stack.SourceFile}." };
}
