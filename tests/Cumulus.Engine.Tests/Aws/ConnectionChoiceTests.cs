using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Aws;

public sealed class ConnectionChoiceTests
{
    private static readonly AwsConnection Nothing = new();

    private static readonly AwsConnection Stage = AwsConnection.Of(new EnvironmentDefinition
    {
        Name = "stage",
        SourceFile = "/x/cumulus.conf",
        Region = "eu-west-1",
        Keys = new StaticKeys("AKIACONFIGURED", "configured-secret"),
    });

    private static readonly AwsConnection LocalCloud = new()
    {
        Region = "us-east-1",
        EndpointUrl = "http://127.0.0.1:5000",
        Keys = new StaticKeys("LOCALKEY", "local-secret"),
    };

    [Fact]
    public void Nothing_said_leaves_everything_to_the_chain() => Assert.Equal(Nothing, ConnectionChoice.Of(Nothing, null, null));

    [Fact]
    public void The_environment_lives_in_its_own_region_whatever_the_session_says() =>
        Assert.Equal("eu-west-1", ConnectionChoice.Of(Nothing, LocalCloud, Stage).Region);

    [Fact]
    public void A_region_on_the_command_wins() =>
        Assert.Equal("ap-south-1", ConnectionChoice.Of(new AwsConnection { Region = "ap-south-1" }, LocalCloud, Stage).Region);

    [Fact]
    public void The_session_gives_the_region_that_the_environment_lacks() =>
        Assert.Equal("us-east-1", ConnectionChoice.Of(Nothing, LocalCloud, Stage with { Region = null }).Region);

    [Fact]
    public void A_session_at_a_local_AWS_keeps_its_keys_there_D33()
    {
        AwsConnection chosen = ConnectionChoice.Of(Nothing, LocalCloud, Stage);

        Assert.Equal(LocalCloud.Keys, chosen.Keys);
        Assert.Equal(LocalCloud.EndpointUrl, chosen.EndpointUrl);
    }

    [Fact]
    public void The_environments_own_caller_wins_over_that_of_a_session_at_AWS() =>
        Assert.Equal(Stage.Keys, ConnectionChoice.Of(Nothing, LocalCloud with { EndpointUrl = null }, Stage).Keys);

    [Fact]
    public void The_configured_keys_are_used_when_nobody_connected() => Assert.Equal(Stage.Keys, ConnectionChoice.Of(Nothing, null, Stage).Keys);

    [Fact]
    public void A_profile_on_the_command_does_not_mix_with_the_sessions_keys()
    {
        AwsConnection chosen = ConnectionChoice.Of(new AwsConnection { ProfileName = "admin" }, LocalCloud, Stage);

        Assert.Equal("admin", chosen.ProfileName);
        Assert.Null(chosen.Keys);
    }

    [Fact]
    public void A_session_that_only_chose_a_region_leaves_the_caller_to_the_environment() =>
        Assert.Equal(Stage.Keys, ConnectionChoice.Of(Nothing, new AwsConnection { Region = "us-east-1" }, Stage).Keys);
}
