namespace Cumulus.Engine.Configuration;

/// <summary>A value that is made of text and of outputs of other stacks, such as <c>http://${network.Domain}/</c>.</summary>
public sealed record LinkedValue(IReadOnlyList<LinkedPart> Parts)
{
    /// <summary>What has to be known before the value is; each once.</summary>
    public IReadOnlyList<OutputReference> References => [.. Parts.Select(p => p.Output).OfType<OutputReference>().Distinct()];

    /// <param name="output">The value of an output, or an exception that says that there is none.</param>
    public string Resolve(Func<OutputReference, string> output) => string.Concat(Parts.Select(p => p.Output is { } reference ? output(reference) : p.Text));

    /// <summary>As a configuration has it.</summary>
    public override string ToString() => string.Concat(Parts.Select(p => p.Output?.ToString() ?? p.Text));
}

/// <summary>Exactly one of the two is set.</summary>
public sealed record LinkedPart(string? Text, OutputReference? Output);

/// <param name="Stack">Short name of a stack of the same environment.</param>
public sealed record OutputReference(string Stack, string Output)
{
    public override string ToString() => $"${{{Stack}.{Output}}}";
}
