namespace Cumulus.AwsClients;

/// <summary>The body of an answer, whole.</summary>
internal static class AnswerBody
{
    /// <summary>
    /// Only reading tells whether there is one: a chunked answer has no length, and the SDK calls that 0.
    /// </summary>
    public static MemoryStream Read(Stream stream)
    {
        var body = new MemoryStream();
        stream.CopyTo(body);
        body.Position = 0;
        return body;
    }
}
