namespace Cumulus.LocalCloud;

/// <summary>What a principal must be allowed for a call.</summary>
/// <param name="Action"><c>s3:PutObject</c>.</param>
/// <param name="Resource">ARN, with wildcards for what the call did not name; <c>*</c> for an action that knows no single resources.</param>
public sealed record RequiredPermission(string Action, string Resource);
