namespace Cumulus.Engine.Ghost;

/// <summary>Who is told when a job of the application ended.</summary>
/// <param name="JobStates">done, failed, aborted, or <c>*</c> for all three.</param>
public sealed record LogNotification(string Email, IReadOnlyList<string> JobStates);
