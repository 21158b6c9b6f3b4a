using System.Text.RegularExpressions;

namespace Cumulus.Engine.Environments;

/// <summary>
/// What to do about the reasons for which resources fail most often. The texts are the services' own; one that is not known only costs the advice. From
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html and the services' error pages.
/// </summary>
public static class FailureAdvice
{
    private static readonly (Regex Reason, string Advice)[] Table =
    [
        Row(@"Requires capabilities|InsufficientCapabilities|CAPABILITY_\w+", "Name the capabilities that the template needs in 'capabilities' of the stack (CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND)."),
        Row(@"did not receive \d+ (success )?signal|Failed to receive \d+ resource signal|received \d+ failure signal|did not signal", "Read the boot log of the instances (Get-BundleHandlerReport, or the console output): their user data failed or is slower than the time-out of the creation policy."),
        Row(@"is not authorized to perform|AccessDenied|UnauthorizedOperation|not authorized|Access Denied", "Allow the action that is named to whoever deploys, or to the stack's service role; policies of the organization count too."),
        Row(@"already exists|AlreadyExists|EntityAlreadyExists|name is taken|BucketAlreadyOwnedByYou", "A resource of this name is there already: choose another name, let CloudFormation make one up, delete the old one, or take it over with -ImportExistingResource."),
        Row(@"LimitExceeded|limit exceeded|quota|maximum number of|TooMany\w+|exceeded the (maximum|number)|InstanceLimit|VcpuLimit|AddressLimit", "A quota of the account is used up: remove something, or ask for more (Service Quotas)."),
        Row(@"InsufficientInstanceCapacity|insufficient capacity|do not have sufficient|no capacity", "AWS has no capacity of this instance type there now: name another type or availability zone, or try again later."),
        Row(@"Throttl|Rate exceeded|RequestLimitExceeded|SlowDown", "Too many calls at once in the account: deploy again, with fewer stacks side by side (-MaxParallel)."),
        Row(@"ami-\w+.*(does not exist|not found|is not valid)|InvalidAMIID|image id .* does not exist", "The image is not in this region, or no longer: put the id of one that is into the parameters."),
        Row(@"key ?pair .* does not exist|InvalidKeyPair", "Make the key pair in this region, or name one that is there."),
        Row(@"is not empty|BucketNotEmpty|must be empty|RepositoryNotEmpty", "Empty it first, or give it a DeletionPolicy of Retain."),
        Row(@"cannot be (deleted|updated) as it is in use by|Export .* in use|cannot update an export", "Another stack imports the value: change that stack first so that it does not."),
        Row(@"has a dependent object|DependencyViolation|has dependencies|still referenced|in use|ResourceInUse|cannot be deleted while|DeleteConflict|is currently referenced", "Something outside the stack uses it: end that use, then deploy again."),
        Row(@"No export named", "The stack that exports it is not deployed, or under another name: deploy it first, and name it in 'depends-on'."),
        Row(@"does not exist|not found|NotFound|NoSuch\w+|Invalid\w+ID\.NotFound|could not be found", "Something that the template names is not there: check ids and names in the parameters, account and region."),
        Row(@"Parameter validation failed|parameter value .* does not exist|Value .* for parameter .* is invalid|InvalidParameter\w*", "Correct the parameter in the configuration or with -Parameter."),
        Row(@"Encountered unsupported property|Unrecognized resource type|extraneous key|Properties validation failed|Property .* cannot be empty|Invalid template property|Model validation failed|not a valid property|required key", "Correct the property in the template; Test-StackTemplate finds most of these without deploying."),
        Row(@"cannot (be )?update.* custom-named|custom-named resource requires replac", "The resource has a fixed name and must be replaced: rename it, or let CloudFormation make a name up."),
        Row(@"Update(s)? (is|are) not (allowed|supported)|does not support update|Updates are not allowed for|Immutable|read-?only propert", "The property cannot be changed in place: give the resource another logical id, so that a new one is made."),
        Row(@"denied by stack policy|Action denied by stack policy", "The stack policy protects the resource: change 'policy' of the stack if that is what you want."),
        Row(@"timed out|Exceeded attempts to wait|did not stabilize|NotStabilized|Maximum number of attempts", "It did not become ready in time: look at the resource itself (its events, logs or health checks), then deploy again."),
        Row(@"CIDR|conflicts with another subnet|overlaps?\b|InvalidSubnet", "Address ranges overlap or lie outside the VPC: correct them in the parameters."),
        Row(@"signal-resource|Failed to retrieve external values|custom resource|ServiceToken|Lambda function .* (failed|error)", "A custom resource failed: its function's log (CloudWatch Logs) has the cause."),
        Row(@"hook.*fail|failed.*hook|NonCompliant", "A hook of the account refuses the resource: change it as the hook's text says, or ask who runs the hook."),
        Row(@"ExpiredToken|security token .* expired|InvalidClientTokenId", "The credentials ran out: sign in again and deploy again."),
        Row(@"TerminationProtection|termination protection", "Turn the termination protection off first, if the resource is really to go."),
        Row(@"alarm|Rollback requested by", "An alarm of the stack rang: look at what it watches."),
    ];

    /// <summary>Null when the reason is not known.</summary>
    /// <param name="resourceType">Null when it is not about one resource.</param>
    public static string? For(string reason, string? resourceType)
    {
        // An instance group's reason often quotes a launch failure: what is inside says more.
        string text = resourceType is null ? reason : $"{resourceType} {reason}";
        return Array.Find(Table, row => row.Reason.IsMatch(text)).Advice;
    }

    private static (Regex Reason, string Advice) Row(string pattern, string advice) =>
        (new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), advice);
}
