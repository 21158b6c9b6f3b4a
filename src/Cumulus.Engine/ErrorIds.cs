namespace Cumulus.Engine;

/// <summary>The error ids of Cumulus. They are interface: never renamed, never reused.</summary>
public static class ErrorIds
{
    // Configuration
    public const string ConfigurationNotFound = nameof(ConfigurationNotFound);
    public const string ConfigurationInvalid = nameof(ConfigurationInvalid);
    public const string EnvironmentNotFound = nameof(EnvironmentNotFound);
    public const string StackNotConfigured = nameof(StackNotConfigured);
    public const string BundleNotConfigured = nameof(BundleNotConfigured);
    public const string VersionMissing = nameof(VersionMissing);
    public const string BucketMissing = nameof(BucketMissing);
    public const string RegionMissing = nameof(RegionMissing);
    public const string NameInvalid = nameof(NameInvalid);

    // Bundles
    public const string BundlePathNotFound = nameof(BundlePathNotFound);
    public const string BundleNameConflict = nameof(BundleNameConflict);
    public const string BundleSourceChanged = nameof(BundleSourceChanged);
    public const string BundleInvalid = nameof(BundleInvalid);
    public const string BundleUnsafe = nameof(BundleUnsafe);
    public const string BundleDigestMismatch = nameof(BundleDigestMismatch);
    public const string BundleAlreadyPublished = nameof(BundleAlreadyPublished);
    public const string BundleNotFound = nameof(BundleNotFound);
    public const string DestinationNotEmpty = nameof(DestinationNotEmpty);
    public const string BundleEnvironmentMismatch = nameof(BundleEnvironmentMismatch);
    public const string BundleTestFailed = nameof(BundleTestFailed);
    public const string IgnorePatternInvalid = nameof(IgnorePatternInvalid);
    public const string BundleInUse = nameof(BundleInUse);
    public const string DeploymentsUnknown = nameof(DeploymentsUnknown);
    public const string HookFailed = nameof(HookFailed);
    public const string StorageOptionInvalid = nameof(StorageOptionInvalid);

    // Signatures
    public const string KeyNotFound = nameof(KeyNotFound);
    public const string KeyInvalid = nameof(KeyInvalid);
    public const string KeyPassphraseRejected = nameof(KeyPassphraseRejected);
    public const string KeyAlreadyExists = nameof(KeyAlreadyExists);
    public const string SignatureMissing = nameof(SignatureMissing);
    public const string SignatureInvalid = nameof(SignatureInvalid);

    // AWS
    public const string BucketNotFound = nameof(BucketNotFound);
    public const string AccessDenied = nameof(AccessDenied);
    public const string CredentialsNotFound = nameof(CredentialsNotFound);
    public const string CredentialsRejected = nameof(CredentialsRejected);
    public const string AwsRequestFailed = nameof(AwsRequestFailed);
    public const string EndpointUnreachable = nameof(EndpointUnreachable);

    // Environments
    public const string TemplateNotFound = nameof(TemplateNotFound);
    public const string TemplateInvalid = nameof(TemplateInvalid);
    public const string StackParameterInvalid = nameof(StackParameterInvalid);
    public const string StackParameterMissing = nameof(StackParameterMissing);
    public const string StackNotFound = nameof(StackNotFound);
    public const string StackBusy = nameof(StackBusy);
    public const string StackStuck = nameof(StackStuck);
    public const string StackCreateFailed = nameof(StackCreateFailed);
    public const string StackUpdateFailed = nameof(StackUpdateFailed);
    public const string StackDeleteFailed = nameof(StackDeleteFailed);
    public const string StackWaitTimedOut = nameof(StackWaitTimedOut);
    public const string StackCycle = nameof(StackCycle);
    public const string StackOutputMissing = nameof(StackOutputMissing);
    public const string ChangeSetExists = nameof(ChangeSetExists);
    public const string ChangeSetFailed = nameof(ChangeSetFailed);
    public const string ReplacementNotAllowed = nameof(ReplacementNotAllowed);
    public const string ApprovalRequired = nameof(ApprovalRequired);
    public const string EnvironmentBusy = nameof(EnvironmentBusy);
    public const string DeploymentNotFound = nameof(DeploymentNotFound);
    public const string RollbackImpossible = nameof(RollbackImpossible);
    public const string StackRollbackFailed = nameof(StackRollbackFailed);
    public const string StackVerbWrong = nameof(StackVerbWrong);
    public const string HostUpdateFailed = nameof(HostUpdateFailed);

    // Hosts
    public const string MetadataInvalid = nameof(MetadataInvalid);
    public const string InstallFailed = nameof(InstallFailed);
    public const string InitScriptFailed = nameof(InitScriptFailed);
    public const string InstallInProgress = nameof(InstallInProgress);
    public const string HealthCheckFailed = nameof(HealthCheckFailed);
    public const string HostDiskFull = nameof(HostDiskFull);
    public const string VersionNotKept = nameof(VersionNotKept);
    public const string VersionTakenBack = nameof(VersionTakenBack);
    public const string BundleNotInstalled = nameof(BundleNotInstalled);
    public const string InstalledBundleTestFailed = nameof(InstalledBundleTestFailed);
    public const string VersionConflict = nameof(VersionConflict);
    public const string SignalIncomplete = nameof(SignalIncomplete);
    public const string HandlerRegistrationFailed = nameof(HandlerRegistrationFailed);

    // State that a team shares
    public const string LeaseUnavailable = nameof(LeaseUnavailable);
    public const string StateInvalid = nameof(StateInvalid);

    // Roll-outs of applications
    public const string StrategyInvalid = nameof(StrategyInvalid);
    public const string HostsNotFound = nameof(HostsNotFound);
    public const string HostsUnreachable = nameof(HostsUnreachable);
    public const string CapacityTooLow = nameof(CapacityTooLow);
    public const string InvariantBroken = nameof(InvariantBroken);
    public const string RolloutFailed = nameof(RolloutFailed);
    public const string RolloutInterrupted = nameof(RolloutInterrupted);
    public const string ModuleNotFound = nameof(ModuleNotFound);
    public const string ModuleSourceInvalid = nameof(ModuleSourceInvalid);
    public const string ModuleSourceFailed = nameof(ModuleSourceFailed);
    public const string RevisionNotFound = nameof(RevisionNotFound);
    public const string ModuleScriptFailed = nameof(ModuleScriptFailed);
    public const string GhostDeploymentNotFound = nameof(GhostDeploymentNotFound);
    public const string ApplicationManifestChanged = nameof(ApplicationManifestChanged);

    // Jobs
    public const string JobNotFound = nameof(JobNotFound);
    public const string JobBusy = nameof(JobBusy);
    public const string JobRunning = nameof(JobRunning);
    public const string JobFailed = nameof(JobFailed);
    public const string JobAborted = nameof(JobAborted);
    public const string JobCancelled = nameof(JobCancelled);
    public const string JobTimedOut = nameof(JobTimedOut);
    public const string JobTurnLost = nameof(JobTurnLost);
    public const string JobProcessDied = nameof(JobProcessDied);
    public const string JobWaitTimedOut = nameof(JobWaitTimedOut);

    // Applications
    public const string ApplicationInvalid = nameof(ApplicationInvalid);
    public const string ApplicationNotFound = nameof(ApplicationNotFound);
    public const string ApplicationExists = nameof(ApplicationExists);
    public const string ApplicationChanged = nameof(ApplicationChanged);
    public const string ApplicationTestFailed = nameof(ApplicationTestFailed);

    // Images
    public const string FeatureInvalid = nameof(FeatureInvalid);
    public const string ImageSourceNotFound = nameof(ImageSourceNotFound);
    public const string ImageStepFailed = nameof(ImageStepFailed);
    public const string ImageFailed = nameof(ImageFailed);
    public const string ImageWaitTimedOut = nameof(ImageWaitTimedOut);
    public const string ImageNotFound = nameof(ImageNotFound);
    public const string ImageInUse = nameof(ImageInUse);

    // LocalCloud
    public const string LocalCloudUnavailable = nameof(LocalCloudUnavailable);
    public const string LocalCloudNotFound = nameof(LocalCloudNotFound);
    public const string LocalCloudFaultInvalid = nameof(LocalCloudFaultInvalid);
    public const string LocalCloudClockInvalid = nameof(LocalCloudClockInvalid);
    public const string PolicyInvalid = nameof(PolicyInvalid);

    // Any command
    public const string ConfirmationUnavailable = nameof(ConfirmationUnavailable);
    public const string FileAccessDenied = nameof(FileAccessDenied);
    public const string FileChanged = nameof(FileChanged);
    public const string FileExists = nameof(FileExists);
    public const string FileNotFound = nameof(FileNotFound);
    public const string FileOperationFailed = nameof(FileOperationFailed);
    public const string JobsUnavailable = nameof(JobsUnavailable);
    public const string ModuleIncomplete = nameof(ModuleIncomplete);
    public const string OperationTimedOut = nameof(OperationTimedOut);
    public const string InputNotBound = nameof(InputNotBound);
    public const string PathInvalid = nameof(PathInvalid);
    public const string UnexpectedError = nameof(UnexpectedError);
    public const string LocalCloudAlreadyRunning = nameof(LocalCloudAlreadyRunning);
    public const string LocalCloudPathNotEmpty = nameof(LocalCloudPathNotEmpty);
    public const string LocalCloudHostsNotReady = nameof(LocalCloudHostsNotReady);
}
