namespace Cumulus.Console.Catalog;

/// <summary>What a parameter is in one parameter set.</summary>
/// <param name="Set">Name of the set; <see cref="EverySet"/> when it belongs to all of them.</param>
/// <param name="Position">Counted from 0; null when it is bound by name only.</param>
internal sealed record SetMembership(
    string Set, bool Mandatory, int? Position, bool FromPipeline, bool FromPipelineByName, bool TakesRemaining, string? Help)
{
    public const string EverySet = "__AllParameterSets";

    public bool TakesPipeline => FromPipeline || FromPipelineByName;
}
