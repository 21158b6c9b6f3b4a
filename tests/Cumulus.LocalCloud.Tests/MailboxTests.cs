using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>What is sent lies in the mailbox folder; a foreign client sends it.</summary>
public sealed class MailboxTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    // https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html, API_SendRawEmail.html
    [Fact]
    public async Task Mails_are_delivered_and_a_sender_that_is_not_verified_is_rejected()
    {
        string[] send = ["ses", "send-email", "--from", "deploy@example.org", "--to", "admin@example.org", "--subject", "stage 1.4.0 – failed", "--text", "Grüße", "--html", "<b>hi</b>"];
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => cloud.AwsAsync(send));
        await cloud.AwsAsync("ses", "verify-email-identity", "--email-address", "deploy@example.org");

        await cloud.AwsAsync(send);
        await cloud.AwsAsync("ses", "send-raw-email", "--raw-message", "{\"Data\":\"From: deploy@example.org\\nTo: admin@example.org\\nSubject: raw\\n\\nbody\"}");

        Assert.Contains("MessageRejected", refused.Message, StringComparison.Ordinal);
        var mails = Mails("*.eml");
        Assert.Equal(2, mails.Count);
        Assert.Contains("To: admin@example.org\r\n", mails[0], StringComparison.Ordinal);
        Assert.Contains("Subject: stage 1.4.0 – failed\r\n", mails[0], StringComparison.Ordinal);
        Assert.Contains("Grüße", mails[0], StringComparison.Ordinal);
        Assert.Contains("<b>hi</b>", mails[0], StringComparison.Ordinal);
        Assert.Contains("Subject: raw", mails[1], StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    [Fact]
    public async Task Notifications_are_delivered()
    {
        var topic = (await cloud.AwsAsync("sns", "create-topic", "--name", "deployments", "--query", "TopicArn", "--output", "text")).Trim();

        await cloud.AwsAsync("sns", "publish", "--topic-arn", topic, "--subject", "done", "--message", "stage is 1.4.0");

        var notification = Assert.Single(Mails("*.sns.json"));
        Assert.Contains($"\"TopicArn\":\"{topic}\",\"Subject\":\"done\",\"Message\":\"stage is 1.4.0\"", notification, StringComparison.Ordinal);
    }

    private List<string> Mails(string pattern) => [.. Directory.EnumerateFiles(Path.Combine(cloud.Info.Path, "mailbox"), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
}
