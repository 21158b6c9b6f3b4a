using System.Text;
using System.Text.Json;

namespace Cumulus.Engine.Templates;

/// <summary>Puts addresses of uploaded files in place of paths. All else stays letter by letter: comments, short forms, order.</summary>
internal static class TemplateRewriter
{
    /// <param name="addresses">One for each reference of the template, in order.</param>
    public static string Rewrite(TemplateDocument template, IReadOnlyList<ArtifactAddress> addresses)
    {
        var text = new StringBuilder();
        int done = 0;
        foreach ((ArtifactReference reference, ArtifactAddress address) in template.References.Zip(addresses))
        {
            text.Append(template.Text, done, reference.Start - done).Append(Value(reference.Form, address));
            done = reference.End;
        }

        return text.Append(template.Text, done, template.Text.Length - done).ToString();
    }

    // JSON is YAML too, in flow form.
    private static string Value(ArtifactForm form, ArtifactAddress address) => form switch
    {
        ArtifactForm.TemplateUrl => Quoted(address.Url),
        ArtifactForm.S3Uri => Quoted($"s3://{address.Bucket}/{address.Key}"),
        ArtifactForm.S3BucketAndKey => $"{{\"S3Bucket\": {Quoted(address.Bucket)}, \"S3Key\": {Quoted(address.Key)}}}",
        _ => $"{{\"Bucket\": {Quoted(address.Bucket)}, \"Key\": {Quoted(address.Key)}}}",
    };

    private static string Quoted(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}

/// <param name="Url">The object's http address, as CloudFormation takes it.</param>
internal sealed record ArtifactAddress(string Bucket, string Key, string Url);
