using Cumulus.Engine.Bundles;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Pipelines;

namespace Cumulus.Engine.Tests.Pipelines;

public sealed class PipelineLogTests
{
    private static readonly SecretRedaction NoSecrets = new([]);
    private readonly List<PipelineFile> _files = [];
    private readonly PipelineLog _log;

    public PipelineLogTests() => _log = new PipelineLog(new GitHubActionsFormat("/summary", "/output", () => "EOF1"), _files.Add);

    [Fact]
    public void One_group_is_open_at_a_time_and_errors_stand_outside()
    {
        string[] lines =
        [
            .. _log.Change("Publish", "a"), .. _log.Change("Publish", "b"), .. _log.Change("Deploy", "c"), .. _log.EndGroup("Publish"),
            .. _log.Error(new("Deploy", "failed", "StackBusy")), .. _log.EndGroup("Deploy"),
        ];
        Assert.Equal(["::group::Publish", "a", "b", "::endgroup::", "::group::Deploy", "c", "::endgroup::", "::error title=Deploy%3A StackBusy::failed"], lines);
    }

    [Fact]
    public void The_summary_has_a_table_for_stacks_hosts_and_bundles()
    {
        var summary = new StepSummary();
        summary.Add(Stack() with { FailureReason = "a | b <script>\nnext" });
        summary.Add(Published());
        summary.Add("no result");
        Assert.Empty(_log.Summarize("Deploy stage", summary, ["It broke."], NoSecrets));
        Assert.Equal(
            """
            ### Deploy stage

            > **Failed:** It broke.

            **Stacks**

            | Stack | Action | Status | Version | Took | Reason |
            | --- | --- | --- | --- | --- | --- |
            | stage-web | update | UPDATE_COMPLETE | 1.4.0 | 1m27s | a \| b &lt;script> next |

            **Hosts**

            | Instance | Stack | Status | Exit code |
            | --- | --- | --- | --- |
            | i-1 | web | Success | 0 |

            **Bundles**

            | Bundle | Version | State | Size | Key |
            | --- | --- | --- | --- | --- |
            | web | 1.4.0 | copied | 14.2 MB | s3://b/k |


            """.ReplaceLineEndings("\n"), _files[0].Text);
    }

    [Fact]
    public void Outputs_of_stacks_are_values_for_later_steps_and_secret_ones_are_masked()
    {
        var summary = new StepSummary();
        summary.Add(Stack() with { Outputs = [new("Url", "http://x"), new("DbPassword", "hunter2hunter2")] });
        Assert.Equal(["::add-mask::hunter2hunter2"], _log.Summarize("Deploy stage", summary, [], NoSecrets));
        Assert.Equal(["web_Url", "web_DbPassword", "version"], _files.Skip(1).Select(f => f.Text[..f.Text.IndexOf('<', StringComparison.Ordinal)]));
    }

    [Fact]
    public void Nothing_is_written_for_a_command_without_results()
    {
        Assert.Empty(_log.Summarize("Get-Environment", new StepSummary(), [], NoSecrets));
        Assert.Empty(_files);
    }

    [Fact]
    public void Secrets_do_not_reach_log_or_summary()
    {
        var secrets = new SecretRedaction(["wJalrXUtnFEMI"]);
        Assert.Equal("key ****", _log.Clean("key wJalrXUtnFEMI", secrets));
        _ = _log.Summarize("x", new StepSummary(), ["key wJalrXUtnFEMI"], secrets).ToList();
        Assert.DoesNotContain("wJalr", _files.Single().Text);
    }

    private static StackDeployment Stack() => new()
    {
        Environment = "stage",
        Name = "web",
        StackName = "stage-web",
        Action = StackAction.Update,
        Status = "UPDATE_COMPLETE",
        Version = "1.4.0",
        Region = "eu-west-1",
        Took = TimeSpan.FromSeconds(87),
        Hosts = [new HostUpdate { InstanceId = "i-1", Stack = "web", Status = HostUpdate.Success, ExitCode = 0 }],
    };

    private static PublishedBundle Published() => new()
    {
        Environment = "stage",
        Version = "1.4.0",
        Name = "web",
        Bucket = "b",
        Key = "k",
        Files = 1,
        Size = 14_200_000,
        State = PublishState.Copied,
        Digest = "sha256:0",
    };
}
