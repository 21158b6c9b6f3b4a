namespace Cumulus.Engine.Aws;

/// <summary>Which of several places says how to reach AWS: the command, the session, the configuration.</summary>
public static class ConnectionChoice
{
    /// <summary>
    /// A region that the command names wins; then the configured one, since the environment lives there; then the session's. Who is calling
    /// goes by the same order, with one exception: a session at an endpoint of its own, a local AWS, keeps its made-up keys, since those
    /// of the account are no use there. Profile, role and keys belong together and are taken from one place.
    /// </summary>
    /// <param name="command">What was given on the command itself.</param>
    /// <param name="session">What <c>Connect-Cumulus</c> left; null: nothing.</param>
    /// <param name="configured">What the configuration of the environment or the host says; null: nothing.</param>
    public static AwsConnection Of(AwsConnection command, AwsConnection? session, AwsConnection? configured)
    {
        bool atOwnEndpoint = session?.EndpointUrl is not null && command.EndpointUrl is null;
        AwsConnection?[] order = atOwnEndpoint ? [command, session, configured] : [command, configured, session];
        AwsConnection caller = order.FirstOrDefault(NamesCaller) ?? new AwsConnection();
        return caller with
        {
            Region = command.Region ?? configured?.Region ?? session?.Region,
            EndpointUrl = command.EndpointUrl ?? session?.EndpointUrl,
        };
    }

    private static bool NamesCaller(AwsConnection? connection) =>
        connection is not null && (connection.ProfileName is not null || connection.RoleArn is not null || connection.Keys is not null);
}
