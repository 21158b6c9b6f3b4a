namespace Cumulus.Engine.Aws;

/// <summary>The CloudFormation calls beside a deployment: ways out of stuck states, settings of a stack, drift. Failures as in <see cref="IStackService"/>.</summary>
public interface IStackOperations
{
    /// <summary>Takes a failed create or update back that was not rolled back (<c>RollbackStack</c>).</summary>
    Task RollbackAsync(string nameOrId, string token, CancellationToken cancellationToken);

    /// <summary>Goes on with a rollback that failed (<c>ContinueUpdateRollback</c>).</summary>
    /// <param name="skip">Logical ids of resources that are left as they are; <c>NESTED.RESOURCE</c> for those of nested stacks.</param>
    Task ContinueRollbackAsync(string nameOrId, IReadOnlyList<string> skip, string token, CancellationToken cancellationToken);

    /// <summary>Breaks an update off; the stack rolls back.</summary>
    Task CancelUpdateAsync(string nameOrId, string token, CancellationToken cancellationToken);

    /// <summary>The stack policy; null when there is none.</summary>
    Task<string?> PolicyAsync(string nameOrId, CancellationToken cancellationToken);

    Task SetPolicyAsync(string nameOrId, string policy, CancellationToken cancellationToken);

    Task ProtectAsync(string nameOrId, bool isProtected, CancellationToken cancellationToken);

    /// <summary>Begins to look for drift and returns the id of the search.</summary>
    Task<string> DetectDriftAsync(string nameOrId, CancellationToken cancellationToken);

    Task<DriftDetection> DriftDetectionAsync(string detectionId, CancellationToken cancellationToken);

    /// <summary>What the last search found, resources in sync too.</summary>
    Task<IReadOnlyList<ResourceDrift>> DriftsAsync(string nameOrId, CancellationToken cancellationToken);
}

/// <param name="Status">DETECTION_IN_PROGRESS, DETECTION_COMPLETE or DETECTION_FAILED.</param>
/// <param name="StackStatus">DRIFTED, IN_SYNC, UNKNOWN or NOT_CHECKED; null while it runs.</param>
public sealed record DriftDetection(string Status, string? StackStatus, string? Reason);

/// <param name="Status">IN_SYNC, MODIFIED, DELETED, NOT_CHECKED or UNKNOWN.</param>
public sealed record ResourceDrift(string LogicalId, string? PhysicalId, string ResourceType, string Status, IReadOnlyList<PropertyDrift> Differences);

/// <param name="Kind">ADD, REMOVE or NOT_EQUAL.</param>
public sealed record PropertyDrift(string Property, string? Expected, string? Actual, string Kind);
