using Cumulus.Engine.Configuration;

namespace Cumulus.LocalCloud;

/// <summary>Which calls are meant. What is null fits everything; names may have wildcards, and case does not matter.</summary>
public sealed record LocalCloudCallQuery
{
    public string? Service { get; init; }

    public string? Operation { get; init; }

    /// <summary>A name or ARN that the call is about.</summary>
    public string? Resource { get; init; }

    /// <summary>Only those with an error, or that were cut.</summary>
    public bool OnlyErrors { get; init; }

    /// <summary>Only those after the one of this number.</summary>
    public long AfterNumber { get; init; }

    /// <summary>Only the newest.</summary>
    public int? Last { get; init; }

    public bool Fits(LocalCloudCall call) =>
        call.Number > AfterNumber && (!OnlyErrors || call.IsError) &&
        (Service is null || NamePattern.Matches(Service, call.Service)) && (Operation is null || NamePattern.Matches(Operation, call.Operation)) &&
        (Resource is null || call.Resources.Concat(call.Arns).Any(name => NamePattern.Matches(Resource, name)));
}
