namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>States of an instance in a group (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html).</summary>
internal static class LifecycleStates
{
    public const string Pending = "Pending";
    public const string PendingWait = "Pending:Wait";
    public const string PendingProceed = "Pending:Proceed";
    public const string InService = "InService";
    public const string EnteringStandby = "EnteringStandby";
    public const string Standby = "Standby";
    public const string Detaching = "Detaching";
    public const string Terminating = "Terminating";
    public const string TerminatingWait = "Terminating:Wait";
    public const string TerminatingProceed = "Terminating:Proceed";
}
