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

    // Bundles
    public const string BundlePathNotFound = nameof(BundlePathNotFound);
    public const string BundleNameConflict = nameof(BundleNameConflict);
    public const string BundleInvalid = nameof(BundleInvalid);
    public const string BundleUnsafe = nameof(BundleUnsafe);
    public const string BundleDigestMismatch = nameof(BundleDigestMismatch);
    public const string BundleAlreadyPublished = nameof(BundleAlreadyPublished);
    public const string BundleNotFound = nameof(BundleNotFound);
    public const string HookFailed = nameof(HookFailed);

    // AWS
    public const string BucketNotFound = nameof(BucketNotFound);
    public const string AccessDenied = nameof(AccessDenied);
    public const string CredentialsNotFound = nameof(CredentialsNotFound);
    public const string AwsRequestFailed = nameof(AwsRequestFailed);
    public const string EndpointUnreachable = nameof(EndpointUnreachable);

    // Environments
    public const string TemplateNotFound = nameof(TemplateNotFound);
    public const string TemplateInvalid = nameof(TemplateInvalid);
    public const string StackNotFound = nameof(StackNotFound);
    public const string StackBusy = nameof(StackBusy);
    public const string StackCreateFailed = nameof(StackCreateFailed);
    public const string StackUpdateFailed = nameof(StackUpdateFailed);
    public const string StackDeleteFailed = nameof(StackDeleteFailed);
    public const string StackWaitTimedOut = nameof(StackWaitTimedOut);
    public const string HostUpdateFailed = nameof(HostUpdateFailed);

    // Hosts
    public const string MetadataInvalid = nameof(MetadataInvalid);
    public const string InstallFailed = nameof(InstallFailed);
    public const string InitScriptFailed = nameof(InitScriptFailed);
    public const string InstallInProgress = nameof(InstallInProgress);

    // LocalCloud
    public const string LocalCloudUnavailable = nameof(LocalCloudUnavailable);
    public const string LocalCloudNotFound = nameof(LocalCloudNotFound);
    public const string LocalCloudAlreadyRunning = nameof(LocalCloudAlreadyRunning);
    public const string LocalCloudPathNotEmpty = nameof(LocalCloudPathNotEmpty);
    public const string LocalCloudHostsNotReady = nameof(LocalCloudHostsNotReady);
}
