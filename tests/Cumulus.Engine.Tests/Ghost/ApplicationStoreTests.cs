using System.Text.Json.Nodes;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost;

public sealed class ApplicationStoreTests : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly FolderStateStore _state;
    private readonly ApplicationStore _store;
    private readonly EffectStore _effects;

    public ApplicationStoreTests()
    {
        _state = new FolderStateStore(_folder["state"]);
        (_store, _effects) = (new ApplicationStore(_state, _clock), new EffectStore(_state, _clock));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_created_is_found_as_it_was()
    {
        GhostApplication full = Applications.Read(Applications.Full);
        await _store.CreateAsync(full, "anna", default);
        StoredApplication found = await _store.GetAsync(full.Key, default);
        Assert.Equal(DefinitionWriter.ToJson(full).ToJsonString(), DefinitionWriter.ToJson(found.Definition).ToJsonString());
        Assert.Equal((1, "anna", _clock.GetUtcNow()), (found.Revision, found.UpdatedBy, found.UpdatedAt));
        CumulusException twice = await Assert.ThrowsAsync<CumulusException>(() => _store.CreateAsync(full, "ben", default));
        Assert.Equal(ErrorIds.ApplicationExists, twice.ErrorId);
    }

    [Fact]
    public async Task A_stale_change_is_refused_and_says_who_changed_what()
    {
        StoredApplication first = await _store.CreateAsync(Applications.Read(Applications.Minimal), "anna", default);
        await _store.UpdateAsync(Change(first, ("instance_type", "\"t3.large\"")), 1, "ben", default);
        CumulusException stale = await Assert.ThrowsAsync<CumulusException>(() => _store.UpdateAsync(Change(first, ("instance_monitoring", "true")), 1, "carla", default));
        Assert.Equal((ErrorIds.ApplicationChanged, FailureKind.Conflict), (stale.ErrorId, stale.Kind));
        Assert.Contains("revision 2 by ben at 2026-03-01 12:00:00Z: instance_type", stale.Message, StringComparison.Ordinal);
        Assert.Equal("t3.large", (await _store.GetAsync(first.Definition.Key, default)).InstanceType);
    }

    [Fact]
    public async Task Of_changes_at_the_same_time_one_is_written()
    {
        StoredApplication first = await _store.CreateAsync(Applications.Read(Applications.Minimal), "anna", default);
        Task<StoredApplication>[] tries = [.. Enumerable.Range(0, 8).Select(i => Task.Run(() => _store.UpdateAsync(Change(first, ("description", $"\"{i}\"")), 1, $"user {i}", default)))];
        await Task.WhenAny(Task.WhenAll(tries));
        Assert.Equal(1, tries.Count(t => t.IsCompletedSuccessfully));
        Assert.Equal(2, (await _store.GetAsync(first.Definition.Key, default)).Revision);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_makes_no_revision()
    {
        StoredApplication first = await _store.CreateAsync(Applications.Read(Applications.Minimal), "anna", default);
        Assert.Equal(1, (await _store.UpdateAsync(first.Definition, 1, "ben", default)).Revision);
    }

    [Fact]
    public async Task G03_no_application_is_taken_for_another_whose_name_begins_alike()
    {
        foreach (string name in new[] { "app", "app.blue", "app.x" }) await _store.CreateAsync(Applications.With(("name", $"\"{name}\"")), "anna", default);
        await _store.CreateAsync(Applications.With(("name", "\"app\""), ("blue_green", """{"enable_blue_green":true,"color":"blue"}""")), "anna", default);
        await _store.RemoveAsync(new ApplicationKey("app", "prod", "front"), default);
        IReadOnlyList<StoredApplication> left = await _store.FindAsync(new ApplicationPattern(), e => throw e, default);
        Assert.Equal(["app.blue/prod/front", "app.x/prod/front", "app/prod/front/blue"], left.Select(a => a.Definition.Key.Path).Order(StringComparer.Ordinal));
        Assert.Equal("blue", Assert.Single(await _store.FindAsync(new ApplicationPattern("app", "prod", "front"), e => throw e, default)).Colour);
    }

    [Fact]
    public async Task One_that_is_not_there_is_told_with_the_nearest_name()
    {
        await _store.CreateAsync(Applications.Read(Applications.Minimal), "anna", default);
        CumulusException missing = await Assert.ThrowsAsync<CumulusException>(() => _store.GetAsync(new ApplicationKey("wep", "prod", "front"), default));
        Assert.Equal(ErrorIds.ApplicationNotFound, missing.ErrorId);
        Assert.Contains("Did you mean web/prod/front?", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ not json", "damaged")]
    [InlineData("""{"schema":99,"revision":1,"createdAt":"2026-01-01T00:00:00Z","changes":[],"definition":{}}""", "newer version")]
    [InlineData("""{"schema":1,"revision":1,"createdAt":"2026-01-01T00:00:00Z","changes":[],"definition":{"name":"bad"}}""", "not valid")]
    public async Task A_broken_document_is_refused_with_its_key_and_hides_no_other(string content, string why)
    {
        await _store.CreateAsync(Applications.Read(Applications.Minimal), "anna", default);
        const string Key = "ghost/applications/bad/prod/front/definition";
        await _state.PutIfAbsentAsync(Key, System.Text.Encoding.UTF8.GetBytes(content), default);
        var problems = new List<CumulusException>();
        Assert.Single(await _store.FindAsync(new ApplicationPattern(), problems.Add, default));
        CumulusException problem = Assert.Single(problems);
        Assert.Equal(ErrorIds.StateInvalid, problem.ErrorId);
        Assert.Contains(Key, problem.Message, StringComparison.Ordinal);
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pending_changes_name_the_command_that_brings_them_into_effect()
    {
        StoredApplication web = await _store.CreateAsync(Applications.Read(Applications.Full), "anna", default);
        Assert.Equal(["image", "group", "boot", "modules.site", "modules.jobs"], await FieldsAsync(web));
        await ApplyAllAsync(web);
        Assert.Empty(await FieldsAsync(web));
        StoredApplication changed = await _store.UpdateAsync(
            Change(web, ("features.php.version", "\"8.4\""), ("autoscale.max", "8"), ("modules.site.post_deploy", "\"#!/bin/sh\\nnew\""), ("description", "\"new\"")), 1, "ben", default);
        IReadOnlyList<PendingChange> pending = await PendingAsync(changed);
        Assert.Equal(
            [
                ("features.php.version", "8.4", "8.3", "New-GhostImage"),
                ("autoscale.max", "8", "6", "Update-GhostAutoScaling"),
            ],
            pending.Take(2).Select(p => (p.Field, p.Now!, p.InEffect!, p.Needs)));
        Assert.Equal(("modules.site.post_deploy", "Deploy-GhostApplication -Module site", "ben"), (pending[2].Field, pending[2].Needs, pending[2].ChangedBy));
        Assert.StartsWith("sha256:", pending[2].Now, StringComparison.Ordinal);
        Assert.Equal(3, pending.Count);
    }

    [Fact]
    public async Task G29_what_Ghost_did_not_track_is_pending_too()
    {
        StoredApplication web = await _store.CreateAsync(Applications.Read(Applications.Full), "anna", default);
        await ApplyAllAsync(web);
        GhostApplication edited = DefinitionEdit.Apply(
            web.Definition,
            new Dictionary<string, JsonNode?> { ["env_vars.STAGE"] = "test", ["instance_type"] = "t4g.large" },
            ["modules.jobs"]);
        StoredApplication changed = await _store.UpdateAsync(edited, 1, "ben", default);
        Assert.Equal(
            [
                "env_vars.STAGE.var_value New-GhostImage", "instance_type Update-GhostAutoScaling", "env_vars.STAGE.var_value Update-GhostLifecycleHook", "modules.order Update-GhostLifecycleHook",
                "env_vars.STAGE.var_value Deploy-GhostApplication -Module site", "modules.jobs Deploy-GhostApplication -Module jobs",
            ],
            (await PendingAsync(changed)).Select(p => $"{p.Field} {p.Needs}"));
    }

    [Fact]
    public async Task G29_deploying_one_module_leaves_the_others_pending_and_a_change_during_the_job_as_well()
    {
        StoredApplication atStart = await _store.CreateAsync(Applications.Read(Applications.Full), "anna", default);
        StoredApplication changed = await _store.UpdateAsync(Change(atStart, ("modules.site.uid", "34")), 1, "ben", default);
        await _effects.WriteAsync(atStart, EffectArea.Module, "site", "anna", "job", Nothing, default);
        string[] pending = [.. (await PendingAsync(changed)).Where(p => p.Area == EffectArea.Module).Select(p => $"{p.Field} {p.Now} {p.InEffect}")];
        Assert.Equal(["modules.site.uid 34 33", "modules.jobs defined "], pending);
    }

    [Fact]
    public async Task The_image_that_was_baked_last_is_the_applications()
    {
        StoredApplication web = await _store.CreateAsync(Applications.With(("ami", "\"ami-old\"")), "anna", default);
        Assert.Equal("ami-old", web.Ami);
        await _effects.WriteAsync(web, EffectArea.Image, null, "anna", "job", new Dictionary<string, string> { [AppliedDefinition.Ami] = "ami-new" }, default);
        Assert.Equal("ami-new", (await _store.GetAsync(web.Definition.Key, default)).Ami);
    }

    [Fact]
    public void Entries_of_named_lists_are_edited_by_name()
    {
        GhostApplication web = Applications.With(("features", """[{"name":"php8.3-fpm","provisioner":"package"}]"""));
        GhostApplication edited = DefinitionEdit.Apply(
            web,
            new Dictionary<string, JsonNode?> { ["features.php8.3-fpm.version"] = "8.3.1", ["features.git.provisioner"] = "package", ["env_vars.A"] = "1", ["environment_infos.instance_tags.Owner"] = "x" },
            ["description"]);
        Assert.Equal([("php8.3-fpm", "8.3.1"), ("git", null)], edited.Features.Select(f => (f.Name, f.Version)));
        Assert.Equal("1", Assert.Single(edited.EnvVars).Value);
        Assert.Equal(new InstanceTag("Owner", "x"), Assert.Single(edited.EnvironmentInfos.InstanceTags));
        Assert.Empty(DefinitionEdit.Apply(edited, new Dictionary<string, JsonNode?>(), ["features.php8.3-fpm", "features.git", "nothing.there"]).Features);
    }

    private async Task ApplyAllAsync(StoredApplication web)
    {
        foreach (EffectArea area in new[] { EffectArea.Image, EffectArea.Group, EffectArea.Boot }) await _effects.WriteAsync(web, area, null, "anna", "job", Nothing, default);
        foreach (string module in web.Modules) await _effects.WriteAsync(web, EffectArea.Module, module, "anna", "job", Nothing, default);
    }

    private async Task<IReadOnlyList<PendingChange>> PendingAsync(StoredApplication web) => PendingChanges.Of(web, await _effects.ReadAsync(web.Definition.Key, default));

    private async Task<string[]> FieldsAsync(StoredApplication web) => [.. (await PendingAsync(web)).Select(p => p.Field)];

    private static GhostApplication Change(StoredApplication from, params (string Path, string Value)[] values) =>
        DefinitionEdit.Apply(from.Definition, values.ToDictionary(v => v.Path, v => JsonNode.Parse(v.Value)), []);
}
