namespace Cumulus.AwsClients.Tests.Support;

internal sealed record StubAnswer(int Status, string Body, params (string Name, string Value)[] Headers)
{
    /// <summary>No answer: the connection stays open and silent.</summary>
    public static readonly StubAnswer Never = new(0, "");

    /// <summary>The body comes in chunks of seven bytes, and nothing tells its length.</summary>
    public bool Chunked { get; init; }

    /// <summary>The connection is closed without an answer.</summary>
    public static readonly StubAnswer Close = new(-1, "");
}
