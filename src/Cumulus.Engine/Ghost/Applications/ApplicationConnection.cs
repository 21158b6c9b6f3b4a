using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Ghost;

/// <summary>How to reach the account and the region that an application works in.</summary>
public static class ApplicationConnection
{
    /// <summary>The application's role is assumed with whatever credentials command and session give; the region is always the application's.</summary>
    /// <param name="command">Profile and endpoint that were given on the command itself.</param>
    /// <param name="session">What <c>Connect-Cumulus</c> left; null: nothing.</param>
    public static AwsConnection Of(GhostApplication application, AwsConnection command, AwsConnection? session)
    {
        AwsConnection caller = ConnectionChoice.Of(command with { Region = null }, session, new AwsConnection { Region = application.Region });
        return application.RoleArn is { } role ? caller with { RoleArn = role, ExternalId = application.AssumedExternalId } : caller;
    }
}
