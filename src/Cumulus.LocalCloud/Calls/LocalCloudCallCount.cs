namespace Cumulus.LocalCloud;

/// <summary>How often an operation was called.</summary>
/// <param name="Errors">Answers with an error, and connections that were cut.</param>
/// <param name="Faults">Those of them, and those that were slow, that a fault made so.</param>
public sealed record LocalCloudCallCount(string Service, string Operation, long Count, long Errors, long Faults);
