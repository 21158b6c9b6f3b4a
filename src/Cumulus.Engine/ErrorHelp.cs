using System.Text;

namespace Cumulus.Engine;

/// <summary>What an error id means and what to do about it, for a person who has only the id.</summary>
public sealed record ErrorExplanation(string ErrorId, string Cause, string Remedy);

/// <summary>
/// Explains every id of <see cref="ErrorIds"/>. The guide docs/guides/when-things-go-wrong.md is made of it by docs/Update-ErrorGuide.ps1; a new id
/// gets a line here.
/// </summary>
public static class ErrorHelp
{
    /// <summary>By subject, in the order of the guide.</summary>
    public static IReadOnlyList<KeyValuePair<string, IReadOnlyList<ErrorExplanation>>> Subjects { get; } =
    [
        new("Configuration",
        [
            new(ErrorIds.ConfigurationNotFound, "No configuration file is at the places that are searched, or the file that you named is not there.",
                "Go to the folder of cumulus.yml, or name the file with -ConfigurationPath."),
            new(ErrorIds.ConfigurationInvalid, "A configuration file has mistakes; the message has file, line and option of each.",
                "Correct them all and try again. docs/guides/configuration.md has every option."),
            new(ErrorIds.EnvironmentNotFound, "The configuration has no environment of this name.",
                "Take one of the names that the message lists, or Get-Environment."),
            new(ErrorIds.StackNotConfigured, "The configuration has no stack of this name.",
                "Correct the name in the environment or on the command line."),
            new(ErrorIds.BundleNotConfigured, "The configuration has no bundle of this name.",
                "Correct the name in the environment or on the command line."),
            new(ErrorIds.VersionMissing, "Neither the command nor the environment says which version.",
                "Give -Version, or set version in the environment."),
            new(ErrorIds.BucketMissing, "Neither the command nor the environment says which bucket.",
                "Give -Bucket, or set bucket in the environment."),
            new(ErrorIds.RegionMissing, "No region was found: not on the command, in the session, in the configuration or in the SDK's own places.",
                "Give -Region, or Connect-Cumulus -Region."),
            new(ErrorIds.NameInvalid, "A name has characters that would not survive in keys and file names.",
                "Use letters, digits, dot, dash and underscore."),
        ]),
        new("Bundles",
        [
            new(ErrorIds.BundlePathNotFound, "A file or folder that a bundle names is not there.",
                "Correct paths in the configuration, or build first what the bundle takes in."),
            new(ErrorIds.BundleNameConflict, "Two files of a bundle would get the same name in the archive.",
                "Exclude one of them, or rewrite its path with -PathRewrite."),
            new(ErrorIds.BundleSourceChanged, "A file changed while it was read, so that the bundle would be of no one state.",
                "Build when nothing writes to the source."),
            new(ErrorIds.BundleInvalid, "An archive or its manifest is damaged, or is none.",
                "Build it again, or fetch it again with Save-Bundle."),
            new(ErrorIds.BundleUnsafe, "An archive has an entry that would write outside of its folder, or is larger than the limits.",
                "Do not unpack it unless you know who made it; -MaxSize, -MaxEntries and -MaxRatio raise the limits."),
            new(ErrorIds.BundleDigestMismatch, "Content is not what its manifest says.",
                "Fetch it again. If it stays so, somebody or something changed the object: publish the version anew and look who can write to the bucket."),
            new(ErrorIds.BundleAlreadyPublished, "Other content is published under this version already.",
                "Take a new version. -Force replaces the old content."),
            new(ErrorIds.BundleNotFound, "The bucket has no such bundle of this version.",
                "Publish it first; Get-Bundle lists what there is."),
            new(ErrorIds.DestinationNotEmpty, "The folder to unpack into holds something.",
                "Name another folder, or give -Force to replace its content."),
            new(ErrorIds.BundleEnvironmentMismatch, "A bundle was built for another environment or version than it shall be used for.",
                "Build it for this one, or name the one that it was built for."),
            new(ErrorIds.BundleTestFailed, "Test-Bundle found something wrong with an archive.",
                "The record before the error lists what; build or fetch the archive again."),
            new(ErrorIds.IgnorePatternInvalid, "A pattern of -Exclude, exclude or .cumulusignore can never match.",
                "Correct it by the rules of gitignore."),
            new(ErrorIds.BundleInUse, "An environment uses the version, or would go back to it.",
                "Deploy another version first; the current and the previous one stay."),
            new(ErrorIds.DeploymentsUnknown, "What environments use cannot be read, so nothing is removed.",
                "Give the rights to read stacks and the bucket's state, and try again."),
            new(ErrorIds.HookFailed, "A hook of the configuration ended with an error.",
                "Read its output with -Verbose, put it right and run the command again."),
            new(ErrorIds.StorageOptionInvalid, "S3 does not take this storage class, encryption or tag.",
                "The message says which; correct it or leave it out."),
        ]),
        new("Signatures",
        [
            new(ErrorIds.KeyNotFound, "The file of a key is not there, or KMS has no such key.",
                "Correct the path, or the id of the key."),
            new(ErrorIds.KeyInvalid, "A file holds no key of the kind that is needed, or two keys were given.",
                "Make one with New-BundleKey; give one of -SigningKey and -SigningKmsKeyId."),
            new(ErrorIds.KeyPassphraseRejected, "The passphrase is missing, empty or wrong.",
                "Give -Passphrase, or name the variable that holds it with -PassphraseVariable."),
            new(ErrorIds.KeyAlreadyExists, "The file of a key is there already.",
                "Choose another path; -Force replaces the key, and hosts that trust the old one refuse the new."),
            new(ErrorIds.SignatureMissing, "A public key is configured, and the bundle is not signed.",
                "Publish the same version again with -SigningKey, which adds the signature."),
            new(ErrorIds.SignatureInvalid, "The signature of a bundle is of none of the keys that the host trusts, or the manifest was changed.",
                "Find out who published it. Do not switch the check off."),
        ]),
        new("AWS",
        [
            new(ErrorIds.BucketNotFound, "There is no such bucket, or it is in another account.",
                "Correct the name; Connect-Cumulus shows in which account you are."),
            new(ErrorIds.AccessDenied, "The principal may not do this; the message names the call.",
                "Give it the right that the advice names, or connect as another one."),
            new(ErrorIds.CredentialsNotFound, "No credentials were found.",
                "Sign in (aws sso login), give -ProfileName, or run where a role is."),
            new(ErrorIds.CredentialsRejected, "AWS does not accept the credentials: they expired, or are of another partition.",
                "Sign in again."),
            new(ErrorIds.AwsRequestFailed, "AWS refused a call for a reason of its own, which the message has.",
                "Follow the message. Throttling and server errors were tried again already."),
            new(ErrorIds.EndpointUnreachable, "The address of a service cannot be reached.",
                "Look at network, proxy and -EndpointUrl; a local cloud may have been stopped."),
        ]),
        new("Environments",
        [
            new(ErrorIds.TemplateNotFound, "The template of a stack is not there.",
                "Correct template in the configuration."),
            new(ErrorIds.TemplateInvalid, "CloudFormation does not accept the template.",
                "The message has its reason; cfn-lint finds most before."),
            new(ErrorIds.StackParameterInvalid, "A parameter is given that the template does not declare, or has a value of the wrong kind.",
                "Correct the parameters of the stack in the configuration or in -Parameter."),
            new(ErrorIds.StackParameterMissing, "A parameter of the template has neither a value nor a default.",
                "Give it in the configuration or in -Parameter."),
            new(ErrorIds.StackNotFound, "The stack does not exist.",
                "Deploy the environment, or look with Get-EnvironmentStack."),
            new(ErrorIds.StackBusy, "Another operation runs on the stack and did not end in time.",
                "Wait for it; the next deployment goes on from there."),
            new(ErrorIds.StackStuck, "The stack is in a state that takes no update.",
                "The advice says how to get it out: continue the rollback, or delete the stack."),
            new(ErrorIds.StackCreateFailed, "A resource could not be created; the message names the first one that failed.",
                "Correct the cause and deploy again; a stack whose first create failed is made anew."),
            new(ErrorIds.StackUpdateFailed, "A resource could not be updated; the message names the first one that failed.",
                "Correct the cause and deploy again. CloudFormation put the stack back unless its rollback is disabled."),
            new(ErrorIds.StackDeleteFailed, "A resource could not be deleted.",
                "Empty or release what the message names, and remove again."),
            new(ErrorIds.StackWaitTimedOut, "The time limit was over; what runs in CloudFormation goes on.",
                "Look with Get-EnvironmentStack, or deploy again with a larger -TimeoutSec."),
            new(ErrorIds.HostUpdateFailed, "Hosts did not install the version; the message has their last lines.",
                "Read Get-BundleHandlerReport, correct the cause and deploy again."),
        ]),
        new("Hosts",
        [
            new(ErrorIds.MetadataInvalid, "metadata.conf has mistakes; the message has line and option.",
                "Correct it, or have the instance's user data write it again."),
            new(ErrorIds.InstallFailed, "An install failed and was taken back.",
                "The message has the cause; the host is as it was before."),
            new(ErrorIds.InitScriptFailed, "A stop or start script ended with an error; everything was put back.",
                "Correct the script in a new version. -IgnoreStopFailure passes over a stop script of the old one."),
            new(ErrorIds.InstallInProgress, "Another install runs on the host.",
                "Wait for it; one runs at a time."),
            new(ErrorIds.HealthCheckFailed, "The new version did not answer the health check; the old one runs again.",
                "Look into the logs of the service; correct the version or the check."),
            new(ErrorIds.HostDiskFull, "The host has too little space for the install.",
                "Make room, or keep fewer versions with -KeepVersions."),
            new(ErrorIds.VersionNotKept, "The host keeps no such version.",
                "Take one that Get-InstalledBundle lists, or Install-Bundle -Version."),
            new(ErrorIds.VersionTakenBack, "The same bundles were installed and taken back, as nobody confirmed them.",
                "Install another version; -Force installs this one again."),
            new(ErrorIds.BundleNotInstalled, "The host has no such bundle.",
                "Get-InstalledBundle lists what is installed; -RootPath names another root."),
            new(ErrorIds.InstalledBundleTestFailed, "Files of a bundle were changed, lost or added since the install.",
                "The record lists them; Install-Bundle -Force puts them right."),
            new(ErrorIds.VersionConflict, "What was given contradicts itself, such as -Version with -Follow.",
                "Give one of the two."),
            new(ErrorIds.SignalIncomplete, "CloudFormation or a lifecycle hook could not be told how the install ended.",
                "Give the instance's role cloudformation:SignalResource and autoscaling:CompleteLifecycleAction."),
            new(ErrorIds.HandlerRegistrationFailed, "The handler could not be made a service of the host.",
                "Follow the message: it needs PowerShell or .NET, rights, and files of nobody else."),
        ]),
        new("State that a team shares",
        [
            new(ErrorIds.LeaseUnavailable, "Somebody else holds the lock.",
                "Wait; a holder that died loses it by itself."),
            new(ErrorIds.StateInvalid, "A document in the state is damaged or of a newer version of Cumulus.",
                "Update Cumulus; restore a damaged document from the bucket's earlier versions."),
        ]),
        new("Jobs",
        [
            new(ErrorIds.JobNotFound, "There is no job of this id, or it was removed.",
                "See Get-GhostJob for those that there are."),
            new(ErrorIds.JobBusy, "Another job of the application waits or works, and waiting was not wanted or took too long.",
                "Wait for it with Wait-GhostJob, or stop it with Stop-GhostJob."),
            new(ErrorIds.JobRunning, "A job that has not ended cannot be removed.",
                "Stop it with Stop-GhostJob, or wait for it."),
            new(ErrorIds.JobFailed, "The job failed; the message has its own.",
                "Read its log with Get-GhostJobLog."),
            new(ErrorIds.JobAborted, "A condition for the job was not met, and it changed nothing.",
                "Put right what the message says, and run the command again."),
            new(ErrorIds.JobCancelled, "Somebody stopped the job; the message says who.",
                "Run the command again if it is still wanted."),
            new(ErrorIds.JobTimedOut, "The work was not done within its limit, and was stopped and cleared away.",
                "Look for what took so long in Get-GhostJobLog; give a larger -TimeoutSec."),
            new(ErrorIds.JobTurnLost, "The process could not reach the state for so long that others may have taken its turn, and stopped itself.",
                "Look at the application before you run the command again."),
            new(ErrorIds.JobProcessDied, "The process that ran the job ended without a word: it was killed, or its machine went away.",
                "Run the command again; it clears away what the dead one left."),
            new(ErrorIds.JobWaitTimedOut, "The wait for the job reached its limit; the job goes on.",
                "Wait again, or follow it with Get-GhostJobLog -Wait."),
        ]),
        new("Applications and images",
        [
            new(ErrorIds.ApplicationInvalid, "The definition of an application breaks rules; the message lists all of them.",
                "Correct them all. docs/guides/applications.md has every field."),
            new(ErrorIds.ApplicationNotFound, "There is no application of this name, environment and role.",
                "Take the nearest one that the message names, or see Get-GhostApplication."),
            new(ErrorIds.ApplicationExists, "There is an application of this name, environment and role already.",
                "Change it with Set-GhostApplication or Import-GhostApplication -Update."),
            new(ErrorIds.ApplicationChanged, "Somebody else changed the application since the revision that your change was made from; the message says who and what.",
                "Get the application again, and make your change anew."),
            new(ErrorIds.ApplicationTestFailed, "Test-GhostApplication found problems; the message lists them.",
                "Correct them all and test again."),
            new(ErrorIds.FeatureInvalid, "A feature of the application lacks something that its provisioner needs; nothing was made.",
                "Correct the feature with Set-GhostApplication."),
            new(ErrorIds.ImageSourceNotFound, "The image that the application's image is baked from is not there; nothing was made.",
                "Correct build_infos of the application; try Test-GhostApplication -Online."),
            new(ErrorIds.ImageStepFailed, "A hook or a feature failed on the build instance; everything was cleared away.",
                "Read the whole output with Get-GhostJobLog, put the script right and bake again."),
            new(ErrorIds.ImageFailed, "EC2 could not make the image; the message has its reason.",
                "Bake again; a quota or a KMS key may be the reason."),
            new(ErrorIds.ImageWaitTimedOut, "The build instance or the image was not ready in time.",
                "Check instance profile, SSM agent and the way out of the build subnet; then bake again."),
            new(ErrorIds.ImageNotFound, "The application has no such image.",
                "See Get-GhostImage for those that there are."),
            new(ErrorIds.ImageInUse, "Something refers to the image, so that it stays; the message says what.",
                "Bring the group or the template to another image first."),
        ]),
        new("LocalCloud",
        [
            new(ErrorIds.LocalCloudUnavailable, "The local cloud did not start, or ended.",
                "Read localcloud.log in its folder; moto_server has to be installed."),
            new(ErrorIds.LocalCloudNotFound, "No local cloud runs in this folder.",
                "Give the -Path that it was started with."),
            new(ErrorIds.LocalCloudAlreadyRunning, "A local cloud runs in this folder already.",
                "Use it, stop it, or give another -Path."),
            new(ErrorIds.LocalCloudPathNotEmpty, "The folder for a local cloud holds something else.",
                "Give another -Path."),
            new(ErrorIds.LocalCloudHostsNotReady, "Hosts did not come up in time.",
                "Read their boot logs: Get-LocalCloudHost shows where they are."),
        ]),
        new("Any command",
        [
            new(ErrorIds.ConfirmationUnavailable, "The command asks, and nobody can answer: a pipeline, a job, a service.",
                "Give -Force or -Confirm:$false, as the advice says, once you are sure."),
            new(ErrorIds.FileAccessDenied, "The system does not let you read or write a file.",
                "Look at its owner and mode, and at those of its folder."),
            new(ErrorIds.FileChanged, "A file changed while it was used.",
                "Try again when nothing writes to it."),
            new(ErrorIds.FileExists, "A file that would be written is there already.",
                "Choose another name, or give -Force."),
            new(ErrorIds.FileNotFound, "A file or folder is not there.",
                "Correct the path."),
            new(ErrorIds.FileOperationFailed, "The system could not read or write: a full disk, a broken mount.",
                "The message has the system's reason."),
            new(ErrorIds.InputNotBound, "What came down the pipeline does not fit the command.",
                "Pipe what the page of the command lists under INPUTS."),
            new(ErrorIds.JobsUnavailable, "-AsJob was given outside of PowerShell.",
                "Leave it out, or start the command in the background by the means of your shell."),
            new(ErrorIds.ModuleIncomplete, "A file of the module is missing.",
                "Install Cumulus again and start a new session."),
            new(ErrorIds.OperationTimedOut, "A call took longer than its limit. What was started may go on.",
                "Run the command again."),
            new(ErrorIds.PathInvalid, "A path is none of the file system.",
                "Give a path of a drive of the file system."),
            new(ErrorIds.UnexpectedError, "A bug in Cumulus.",
                "Report it with the output of Get-Error and what you did."),
        ]),
    ];

    /// <summary>The guide, as markdown.</summary>
    public static string Guide()
    {
        var text = new StringBuilder("""
            # When things go wrong

            Every error of Cumulus has an id, which never changes: scripts can match on it. The message says what happened to what, and the recommended action (`Get-Error`, or the
            line below the message) what to do next. This page has the cause and the remedy for each id. It is made from the code by `docs/Update-ErrorGuide.ps1`.

            ```powershell
            try { Deploy-Environment stage -ErrorAction Stop }
            catch {
                switch -Wildcard ($_.FullyQualifiedErrorId) {
                    'StackBusy,*' { 'later' }
                    default { throw }
                }
            }
            ```

            An error without an id of this list is PowerShell's own, such as a parameter that does not exist.

            """.ReplaceLineEndings("\n"));
        foreach ((string subject, IReadOnlyList<ErrorExplanation> errors) in Subjects)
        {
            text.Append("\n## ").Append(subject).Append("\n\n| Id | Cause | Remedy |\n|---|---|---|\n");
            foreach (ErrorExplanation error in errors) text.Append("| `").Append(error.ErrorId).Append("` | ").Append(error.Cause).Append(" | ").Append(error.Remedy).Append(" |\n");
        }

        return text.ToString();
    }
}
