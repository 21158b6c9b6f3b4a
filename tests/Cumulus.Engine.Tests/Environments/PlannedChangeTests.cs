using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>What a person reads of a plan.</summary>
public sealed class PlannedChangeTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeStackService _stacks = new();
    private readonly Recorder _recorder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_structure_is_looked_into_and_encoded_text_is_read()
    {
        string Data(string version) => $$"""{"ImageId":"ami-1","UserData":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes($"#!/bin/sh\nversion {version} of it\n"))}}"}""";

        ValueDifference only = Assert.Single(ValueDifference.Of("LaunchTemplateData", Data("1.3.2"), Data("1.4.0")));

        Assert.Equal(("LaunchTemplateData.UserData", "#!/bin/sh\nversion 1.3.2 of it\n", "#!/bin/sh\nversion 1.4.0 of it\n"), (only.Path, only.Before, only.After));
    }

    [Theory]
    [InlineData("{broken", "{too", "P", "{broken", "{too")]
    [InlineData("[1,2]", "[1,3]", "P[1]", "2", "3")]
    [InlineData("[1]", "[1,3]", "P", "[1]", "[1,3]")]
    [InlineData("/////////////////////w==", "x", "P", "/////////////////////w==", "x")]
    [InlineData(null, "x", "P", null, "x")]
    public void What_cannot_be_looked_into_is_told_as_it_is(string? before, string? after, string path, string? was, string? now) =>
        Assert.Equal(new ValueDifference(path, was, now), Assert.Single(ValueDifference.Of("P", before, after)));

    [Fact]
    public async Task Resources_nested_stacks_parameters_and_tags_are_told_with_their_causes()
    {
        FakeStack stack = _stacks.Add("stage-web", "UPDATE_COMPLETE", body: "old");
        (stack.Parameters, stack.Tags) = ([Sample.Pair("Size", "s")], [Sample.Pair("team", "a")]);
        _stacks.Declared = [new("Size", null, false, null)];
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").WithStack("web", s => s with { Parameters = [Sample.Pair("Size", "m")], Tags = [Sample.Pair("team", "b")] });
        _stacks.ResourceChanges["stage-web"] =
        [
            Change("Modify", "Db", "AWS::RDS::DBInstance", "True", null, new PropertyChangeRecord("Engine", "Always", "a", "b", true, "ParameterReference", "Size")),
            Change("Modify", "Group", "AWS::AutoScaling::AutoScalingGroup", "Conditional", null),
            Change("Remove", "Bucket", "AWS::S3::Bucket", null, "Retain"),
            Change("Add", "Topic", "AWS::SNS::Topic", null, null),
        ];

        IReadOnlyList<PlannedChange> changes = await CompareAsync(configuration);

        Assert.Equal(
            [
                (PlannedChangeKind.Parameter, "Modify", "Size", "", false, "s -> m"),
                (PlannedChangeKind.Tag, "Modify", "team", "", false, "a -> b"),
                (PlannedChangeKind.Resource, "Modify", "Db", "yes", true, "Engine: a -> b (by Size)"),
                (PlannedChangeKind.Resource, "Modify", "Group", "maybe", false, ""),
                (PlannedChangeKind.Resource, "Remove", "Bucket", "", false, "the old one is kept"),
                (PlannedChangeKind.Resource, "Add", "Topic", "", false, ""),
            ],
            changes.Select(c => (c.Kind, c.Action, c.Name, c.Replacement, c.IsDataLost, c.Because)));
        Assert.All(changes, c => Assert.Equal("stage-web  update", c.Heading));
        Assert.Empty(_stacks.ChangeSets);
        Assert.Empty(_stacks.Writes);
    }

    [Fact]
    public async Task A_preview_takes_nobody_elses_change_sets_away()
    {
        FakeStack shell = _stacks.Add("stage-web", "REVIEW_IN_PROGRESS");
        await _stacks.CreateChangeSetAsync(new ChangeSetRequest(Sample.Change("stage-web"), "theirs", IsNew: true, ""), default);

        await CompareAsync(Sample.Configuration(_folder, "web"));

        Assert.Equal(["theirs"], _stacks.ChangeSets.Select(s => s.Name));
        Assert.Equal("REVIEW_IN_PROGRESS", shell.Status);
    }

    [Fact]
    public async Task A_preview_that_is_refused_leaves_nothing_behind()
    {
        _stacks.Refusals["stage-web"] = "Transform AWS::Serverless failed";

        var e = await Assert.ThrowsAsync<CumulusException>(() => CompareAsync(Sample.Configuration(_folder, "web")));

        Assert.Equal(ErrorIds.ChangeSetFailed, e.ErrorId);
        Assert.Contains("Transform AWS::Serverless failed.", e.Message);
        Assert.Empty(_stacks.ChangeSets);
        Assert.Equal("DELETE_COMPLETE", _stacks["stage-web"].Status);
    }

    [Fact]
    public async Task A_stuck_stack_is_in_the_plan_with_its_advice()
    {
        _stacks.Add("stage-web", "UPDATE_ROLLBACK_FAILED");
        PlannedChange change = Assert.Single(await CompareAsync(Sample.Configuration(_folder, "web")));
        Assert.Equal("Blocked", change.Action);
        Assert.Contains("Resume-StackRollback stage -Stack web", change.Because);
    }

    private static ResourceChangeRecord Change(string action, string id, string type, string? replacement, string? policy, params PropertyChangeRecord[] details) =>
        new(action, id, $"phys-{id}", type, replacement, policy, details, null);

    private Task<IReadOnlyList<PlannedChange>> CompareAsync(CumulusConfiguration configuration) =>
        new EnvironmentDeployer(_stacks, new FakeHostFleet(), new FakeObjectStore(), new HookRunner(), "eu-west-1", new AutoClock()).CompareAsync(configuration.Request(), _recorder, default);
}
