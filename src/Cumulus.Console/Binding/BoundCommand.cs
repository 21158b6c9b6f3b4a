using Cumulus.Console.Catalog;

namespace Cumulus.Console.Binding;

/// <summary>A command with its values in place.</summary>
/// <param name="CandidateSets">The parameter sets that still can be meant; more than one only while records are to come.</param>
internal sealed record BoundCommand(
    CommandDescription Command,
    IReadOnlyDictionary<ParameterDescription, object?> Values,
    IReadOnlyList<string> CandidateSets,
    CommonParameters Common);
