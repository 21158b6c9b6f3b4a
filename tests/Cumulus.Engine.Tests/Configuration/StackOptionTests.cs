using System.Text.RegularExpressions;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class StackOptionTests
{
    private const string Topic = "arn:aws:sns:eu-west-1:123456789012:events";
    private const string Role = "arn:aws:iam::123456789012:role/cfn";
    private const string Alarm = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors";

    [Fact]
    public void All_that_CloudFormation_takes_is_read_D35()
    {
        CumulusConfiguration c = Loading.Yml($$"""
            environments: { e: { stacks: [s, bare] } }
            stacks:
              s:
                template: s3://acme/t.yml
                notification-arns: [{{Topic}}]
                stack-policy: { Statement: [ { Effect: Deny, Action: "Update:*", Principal: "*", Resource: "*" } ] }
                service-role-arn: {{Role}}
                termination-protection: true
                rollback-alarms: {{Alarm}}
                rollback-composite-alarms: {{Alarm}}-all
                rollback-monitoring-minutes: 15
                on-failure: do_nothing
                timeout-in-minutes: 20
                region: us-east-1
                profile: other
                role-arn: {{Role}}
                external-id: x-1
              bare: { template: t.yml }
            """);

        StackDefinition s = c.StackOf(c.Environment("e"), "s");
        Assert.Equal([Topic], s.NotificationArns);
        Assert.Equal((Role, true, 15, StackFailureAction.DoNothing, 20), (s.ServiceRoleArn, s.TerminationProtection, s.RollbackMonitoringMinutes, s.OnFailure, s.TimeoutInMinutes));
        Assert.Equal("""{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}""", s.Policy!.Body);
        Assert.Equal([new(Alarm, "AWS::CloudWatch::Alarm"), new($"{Alarm}-all", "AWS::CloudWatch::CompositeAlarm")], s.RollbackTriggers);
        Assert.Equal(("us-east-1", "other", Role, "x-1"), (s.Region, s.ProfileName, s.RoleArn, s.ExternalId));
        StackDefinition bare = c.Stack("bare");
        Assert.Equal((null, null, null, null, null, false), (bare.Policy, bare.ServiceRoleArn, bare.TerminationProtection, bare.RollbackMonitoringMinutes, bare.OnFailure, bare.DisableRollback));
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void The_old_format_has_the_same_options()
    {
        CumulusConfiguration c = Loading.Conf($$"""
            [general]
            state-bucket = acme-state
            tags =
              owner = ops
            [environment: e]
            stacks = s
            pre-remove-hook = ./backup.sh
            post-remove-hook = ./mail.sh
            hook-time-limit = 60
            run-hooks-after-failure = yes
            external-id = x
            role-arn = {{Role}}
            tags =
              team = shop
              owner = e
            [stack: s]
            template = t.yml
            depends-on = s2, s3
            stack-policy = policies/s.json
            rollback-alarms =
              {{Alarm}}
              {{Alarm}}2
            tags =
              team = own
            """);

        EnvironmentDefinition e = c.Environment("e");
        StackDefinition s = c.StackOf(e, "s");
        Assert.Equal(("./backup.sh", "./mail.sh", TimeSpan.FromMinutes(1), true, "x", "acme-state"), (e.PreRemoveHook, e.PostRemoveHook, e.HookTimeLimit, e.RunHooksAfterFailure, e.ExternalId, e.StateBucket));
        Assert.Equal(["s2", "s3"], s.DependsOn);
        Assert.Equal(new StackPolicySource(null, "/srv/project/policies/s.json"), s.Policy);
        Assert.Equal(2, s.RollbackTriggers.Count);
        Assert.Equal([new("owner", "e"), new("team", "own")], s.Tags);
        Assert.Equal([new("team", "own")], c.Stack("s").Tags);
        Assert.Equal(2, c.Warnings.Count);
        Assert.All(c.Warnings, w => Assert.Contains("The environment 'e' has no stack 's", w.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_environment_speaks_for_its_stacks_where_they_say_nothing()
    {
        CumulusConfiguration c = Loading.Yml($$"""
            environments:
              e: { stacks: [plain, own], notification-arns: [{{Topic}}], service-role-arn: {{Role}}, termination-protection: yes }
            stacks:
              plain: { template: t }
              own: { template: t, notification-arns: , service-role-arn: {{Role}}2, termination-protection: no }
            """);

        EnvironmentDefinition e = c.Environment("e");
        StackDefinition plain = c.StackOf(e, "plain"), own = c.StackOf(e, "own");
        Assert.Equal([Topic], plain.NotificationArns);
        Assert.Empty(own.NotificationArns);
        Assert.Equal((Role, true), (plain.ServiceRoleArn, plain.TerminationProtection));
        Assert.Equal((Role + "2", false), (own.ServiceRoleArn, own.TerminationProtection));
    }

    [Fact]
    public void A_default_region_is_not_each_stacks_own()
    {
        CumulusConfiguration c = Loading.Conf("[DEFAULT]\nregion = eu-west-1\nprofile = p\n[environment: e]\nregion = us-east-1\nstacks = s\n[stack: s]\ntemplate = t\n");

        StackDefinition s = c.StackOf(c.Environment("e"), "s");
        Assert.Equal(("us-east-1", "p", null, null), (c.Environment("e").Region, c.Environment("e").ProfileName, s.Region, s.ProfileName));
    }

    [Fact]
    public void What_CloudFormation_would_refuse_is_refused_with_its_place()
    {
        string topics = string.Join(", ", Enumerable.Repeat(Topic, 6).Select((t, i) => t + i));
        string[] problems = Loading.YmlProblems($$"""
            environments: { e: { stacks: [s], external-id: x } }
            stacks:
              s:
                template: t
                notification-arns: [{{topics}}]
                service-role-arn: cfn
                rollback-monitoring-minutes: 181
                disable-rollback: true
                on-failure: DELETE
                stack-policy: "{ no json"
                depends-on: s
                tags: { "aws:x": y }
            """);

        Assert.Equal(
            [
                "cumulus.yml:5:245: stack: s / notification-arns: CloudFormation takes 5 at most.",
                "cumulus.yml:6:23: stack: s / service-role-arn: 'cfn' is no ARN.",
                "cumulus.yml:7:34: stack: s / rollback-monitoring-minutes: CloudFormation watches for 180 minutes at most.",
                "cumulus.yml:9:17: stack: s / on-failure: 'disable-rollback' is set too; CloudFormation takes one of the two.",
                "cumulus.yml:10:19: stack: s / stack-policy: The policy is no JSON...",
                "cumulus.yml:11:17: stack: s / depends-on: The stack would have to be there before itself.",
                "cumulus.yml:12:22: stack: s / tags: 'aws:x': keys that begin with 'aws:' are AWS's own.",
            ],
            problems.Select(p => Regex.Replace(p, "(?<=is no JSON): .*", "...")));
    }

    [Fact]
    public void A_stack_policy_of_aliases_that_multiply_is_an_error_not_a_flood()
    {
        string text = "x-0: &x0 [a, b]\n" + string.Concat(Enumerable.Range(1, 40).Select(i => $"x-{i}: &x{i} [{string.Join(", ", Enumerable.Repeat($"*x{i - 1}", 9))}]\n"))
            + "stacks: { s: { template: t, stack-policy: { a: *x40 } } }";

        Assert.EndsWith("The value is too long.", Assert.Single(Loading.YmlProblems(text)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_goes_where_and_as_whom_it_says()
    {
        var environment = new EnvironmentDefinition { Name = "e", SourceFile = "f", Region = "eu-west-1", ProfileName = "p", RoleArn = Role, ExternalId = "x" };
        var plain = new StackDefinition { Name = "s", Template = "t", SourceFile = "f" };

        Assert.Equal(AwsConnection.Of(environment), AwsConnection.Of(environment, plain));
        Assert.Equal(
            new AwsConnection { Region = "us-east-1", ProfileName = "p", RoleArn = "other", ExternalId = null },
            AwsConnection.Of(environment, plain with { Region = "us-east-1", RoleArn = "other" }));
        Assert.Equal(
            new AwsConnection { Region = "eu-west-1", ProfileName = "q" },
            AwsConnection.Of(environment, plain with { ProfileName = "q" }));
    }
}
