namespace Cumulus.Engine.Aws;

/// <summary>The few CloudFormation calls that the engine makes. Failures as in <see cref="IObjectStore"/>, and <see cref="ErrorIds.TemplateInvalid"/>.</summary>
public interface IStackService
{
    /// <summary>Null when there is no such stack (or only a deleted one). Accepts a name or an id.</summary>
    Task<StackDescription?> FindAsync(string nameOrId, CancellationToken cancellationToken);

    /// <summary>Newest first, all pages on demand: the caller stops reading when it has seen enough.</summary>
    IAsyncEnumerable<StackEventRecord> EventsAsync(string nameOrId, CancellationToken cancellationToken);

    Task<IReadOnlyList<StackResourceRecord>> ResourcesAsync(string nameOrId, CancellationToken cancellationToken);

    /// <summary>Names, types and defaults of the parameters that a template declares; the service's own validation.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateInvalid"/> with the service's reason.</exception>
    Task<IReadOnlyList<TemplateParameter>> ValidateAsync(TemplateSource template, CancellationToken cancellationToken);

    /// <summary>The template that the stack was made of, as it was sent; null when there is no such stack.</summary>
    Task<string?> TemplateBodyAsync(string nameOrId, CancellationToken cancellationToken);

    /// <summary>Starts a create and returns the stack's id.</summary>
    Task<string> CreateAsync(StackChange change, CancellationToken cancellationToken);

    /// <summary>Starts an update and returns the stack's id; null when there is nothing to do.</summary>
    Task<string?> UpdateAsync(StackChange change, CancellationToken cancellationToken);

    Task DeleteAsync(string nameOrId, string clientRequestToken, CancellationToken cancellationToken);
}

/// <summary>A template as text or by address; exactly one of the two is set.</summary>
public sealed record TemplateSource(string? Body, string? Url);

/// <param name="Token">Client request token: the same one on a repeated call starts nothing twice, and marks the events of this operation.</param>
public sealed record StackChange(
    string StackName,
    TemplateSource Template,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<string> Capabilities,
    bool DisableRollback,
    int? TimeoutInMinutes,
    string Token);

public sealed record TemplateParameter(string Name, string? DefaultValue, bool NoEcho, string? Description);

public sealed record StackDescription(
    string Name,
    string Id,
    string Status,
    string? StatusReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? UpdatedAt,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    IReadOnlyList<KeyValuePair<string, string>> Outputs,
    IReadOnlyList<KeyValuePair<string, string>> Tags);

public sealed record StackEventRecord(
    string EventId,
    DateTimeOffset Timestamp,
    string StackId,
    string StackName,
    string LogicalId,
    string? PhysicalId,
    string ResourceType,
    string Status,
    string? Reason,
    string? Token);

public sealed record StackResourceRecord(string LogicalId, string? PhysicalId, string ResourceType, string Status, string? Reason);
