namespace Cumulus.Engine.Aws;

/// <summary>The CloudFormation calls of a deployment. Failures as in <see cref="IObjectStore"/>, and <see cref="ErrorIds.TemplateInvalid"/>.</summary>
public interface IStackService
{
    /// <summary>Null when there is no such stack (or only a deleted one). Accepts a name or an id.</summary>
    Task<StackDescription?> FindAsync(string nameOrId, CancellationToken cancellationToken);

    /// <summary>All stacks of the region but deleted ones, page after page: for one who would ask for many.</summary>
    IAsyncEnumerable<StackDescription> ListAsync(CancellationToken cancellationToken);

    /// <summary>Newest first, all pages on demand: the caller stops reading when it has seen enough.</summary>
    IAsyncEnumerable<StackEventRecord> EventsAsync(string nameOrId, CancellationToken cancellationToken);

    /// <summary>
    /// What failed in one operation or while one change set was made: resources, validations and hooks, newest first. Empty where the service does not
    /// know the call.
    /// </summary>
    /// <param name="operationIdOrChangeSetId">The id of an operation, or the ARN of a change set.</param>
    Task<IReadOnlyList<OperationFailure>> FailuresAsync(string operationIdOrChangeSetId, CancellationToken cancellationToken);

    Task<IReadOnlyList<StackResourceRecord>> ResourcesAsync(string nameOrId, CancellationToken cancellationToken);

    /// <summary>Names, types and defaults of the parameters that a template declares; the service's own validation.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateInvalid"/> with the service's reason.</exception>
    Task<IReadOnlyList<TemplateParameter>> ValidateAsync(TemplateSource template, CancellationToken cancellationToken);

    /// <summary>The template that the stack was made of, as it was sent; null when there is no such stack.</summary>
    Task<string?> TemplateBodyAsync(string nameOrId, CancellationToken cancellationToken);

    /// <summary>Starts a create without a change set, for what a change set has no word for: a time-out. Returns the stack's id.</summary>
    Task<string> CreateAsync(StackChange change, CancellationToken cancellationToken);

    /// <summary>Begins to make a change set. For a stack that does not exist yet one comes to be, in <c>REVIEW_IN_PROGRESS</c>.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ChangeSetExists"/>: the stack has one of this name.</exception>
    Task<ChangeSetReference> CreateChangeSetAsync(ChangeSetRequest request, CancellationToken cancellationToken);

    /// <summary>How a change set stands, with all its changes; null when there is none of this name.</summary>
    Task<StackChangeSet?> ChangeSetAsync(string nameOrId, string? stackName, CancellationToken cancellationToken);

    /// <summary>The ids of a stack's change sets that nobody has executed.</summary>
    Task<IReadOnlyList<string>> ChangeSetsAsync(string nameOrId, CancellationToken cancellationToken);

    /// <param name="token">Client request token: the same one on a repeated call starts nothing twice, and marks the events of this operation.</param>
    /// <param name="disableRollback">Null: as the change set has it.</param>
    Task ExecuteChangeSetAsync(string id, string token, bool? disableRollback, CancellationToken cancellationToken);

    /// <summary>One that is not there counts as deleted.</summary>
    Task DeleteChangeSetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Starts the deletion of a stack; one that is not there counts as deleted.</summary>
    Task DeleteAsync(StackDeletion deletion, CancellationToken cancellationToken);
}
