using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Templates;

/// <summary>A template ready to be sent, and what has to be in the bucket before it is.</summary>
public sealed record TemplatePackage
{
    /// <summary>What a request takes: the text, or the address at which it will be.</summary>
    public required TemplateSource Source { get; init; }

    /// <summary>The text that CloudFormation gets; null for a template by an address that only the service reads.</summary>
    public string? Text { get; init; }

    /// <summary>What the text declares; null where there is no text, or one that only the service can judge.</summary>
    public TemplateDocument? Document { get; init; }

    /// <summary>In the order in which they may go up, each key once: what a template names comes before it.</summary>
    public IReadOnlyList<TemplateUpload> Uploads { get; init; } = [];
}

/// <summary>A file that a template needs in the bucket. Its key is made of its content, so that one that is there already is the right one.</summary>
public sealed record TemplateUpload
{
    public required string Bucket { get; init; }

    public required string Key { get; init; }

    /// <summary>What it was made of: full path of a file or folder.</summary>
    public required string From { get; init; }

    /// <summary>64 hexadecimal digits, of the bytes that go up.</summary>
    public required string Sha256 { get; init; }

    public required long Size { get; init; }

    /// <summary>Exactly one of the two is set: the bytes, or the full path of a file that has them.</summary>
    internal byte[]? Content { get; init; }

    internal string? File { get; init; }
}

/// <summary>Where uploaded templates and files go.</summary>
/// <param name="Bucket">Null: there is none, and a template that needs one is refused.</param>
/// <param name="Region">AWS region code of the bucket.</param>
/// <param name="EndpointUrl">Of a local AWS.</param>
public sealed record TemplateDestination(string? Bucket, string Region, string? EndpointUrl)
{
    public const string Prefix = ".cumulus/artifacts/";
}
