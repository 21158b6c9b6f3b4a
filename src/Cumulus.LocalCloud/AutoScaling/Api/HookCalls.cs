using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;
using static Cumulus.LocalCloud.AutoScaling.Api.AutoScalingApi;

namespace Cumulus.LocalCloud.AutoScaling.Api;

/// <summary>Operations on lifecycle hooks and the actions that wait for them.</summary>
internal sealed class HookCalls(AutoScalingEngine engine)
{
    public void AddTo(Dictionary<string, Func<JsonObject, string, CancellationToken, Task<object?>>> operations)
    {
        operations["PutLifecycleHook"] = PutAsync;
        operations["DeleteLifecycleHook"] = DeleteAsync;
        operations["DescribeLifecycleHooks"] = (request, region, _) => Task.FromResult<object?>(Describe(request, region));
        operations["DescribeLifecycleHookTypes"] = (_, _, _) => Task.FromResult<object?>(new { LifecycleHookTypes = new[] { LifecycleHook.Launching, LifecycleHook.TerminatingTransition } });
        operations["CompleteLifecycleAction"] = CompleteAsync;
        operations["RecordLifecycleActionHeartbeat"] = BeatAsync;
    }

    /// <param name="old">What is not said stays as it was.</param>
    /// <exception cref="Proxy.AwsError">ValidationError.</exception>
    public static LifecycleHook Read(JsonObject request, LifecycleHook? old)
    {
        var transition = TemplateValue.Text(request, "LifecycleTransition") ?? old?.Transition ?? Required(request, "LifecycleTransition");
        if (transition is not (LifecycleHook.Launching or LifecycleHook.TerminatingTransition))
            throw AutoScalingError.Invalid("Value of LifecycleTransition must be one of: " + $"{LifecycleHook.Launching}, {LifecycleHook.TerminatingTransition}");
        var hook = (old ?? new LifecycleHook(Required(request, "LifecycleHookName"), transition)) with { Transition = transition };
        var seconds = Number(request, "HeartbeatTimeout");
        if (seconds is < 30 or > 7200)
            throw AutoScalingError.Invalid("Heartbeat timeout must be between 30 and 7200 seconds");
        return hook with
        {
            DefaultResult = TemplateValue.Text(request, "DefaultResult") is { } result ? Result(result) : hook.DefaultResult,
            HeartbeatTimeout = seconds is { } given ? TimeSpan.FromSeconds(given) : hook.HeartbeatTimeout,
            NotificationTarget = TemplateValue.Text(request, "NotificationTargetARN") ?? hook.NotificationTarget,
            Role = TemplateValue.Text(request, "RoleARN") ?? hook.Role,
            Metadata = TemplateValue.Text(request, "NotificationMetadata") ?? hook.Metadata,
        };
    }

    private async Task<object?> PutAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        var name = Required(request, "LifecycleHookName");
        await engine.ChangeAsync(region, GroupName(request), async group =>
        {
            var hook = Read(request, group.Hooks.GetValueOrDefault(name));
            group.Hooks = group.Hooks.SetItem(name, hook);
            if (request["NotificationTargetARN"] is not null)
                await engine.Notifier.TestAsync(group, hook, cancellationToken);
        }, cancellationToken);
        return null;
    }

    /// <summary>"If there are any outstanding lifecycle actions, they are completed first (ABANDON for launching instances, CONTINUE for terminating instances)."</summary>
    private async Task<object?> DeleteAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        var name = Required(request, "LifecycleHookName");
        await engine.ChangeAsync(region, GroupName(request), group =>
        {
            if (!group.Hooks.ContainsKey(name))
                throw AutoScalingError.Invalid($"No lifecycle hook found with name {name}");
            group.Hooks = group.Hooks.Remove(name);
            foreach (var instance in group.Instances)
            {
                if (instance.Actions.Find(action => action.HookName == name) is { } action)
                    engine.Worker.Complete(group, instance, action, instance.IsTerminating ? LifecycleHook.Continue : LifecycleHook.Abandon);
            }
        }, cancellationToken);
        return null;
    }

    private object Describe(JsonObject request, string region)
    {
        var group = engine.Find(region, GroupName(request)) ?? throw AutoScalingError.NoGroup(GroupName(request));
        var names = Texts(request, "LifecycleHookNames");
        return new
        {
            LifecycleHooks = group.Hooks.Values.Where(hook => names.Count == 0 || names.Contains(hook.Name)).Select(hook => new
            {
                LifecycleHookName = hook.Name,
                AutoScalingGroupName = group.Name,
                LifecycleTransition = hook.Transition,
                NotificationTargetARN = hook.NotificationTarget,
                RoleARN = hook.Role,
                NotificationMetadata = hook.Metadata,
                HeartbeatTimeout = (int)hook.HeartbeatTimeout.TotalSeconds,
                GlobalTimeout = (int)hook.GlobalTimeout.TotalSeconds,
                hook.DefaultResult,
            }),
        };
    }

    private Task<object?> CompleteAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        var result = Result(Required(request, "LifecycleActionResult"));
        return OnActionAsync(request, region, (group, instance, action) => engine.Worker.Complete(group, instance, action, result), cancellationToken);
    }

    private Task<object?> BeatAsync(JsonObject request, string region, CancellationToken cancellationToken) =>
        OnActionAsync(request, region, (group, instance, action) => group.Replace(instance with { Actions = instance.Actions.Replace(action, action.Beat(engine.Time.GetUtcNow())) }), cancellationToken);

    /// <summary>The action is found by its token, or by the instance.</summary>
    private async Task<object?> OnActionAsync(JsonObject request, string region, Action<Group, GroupInstance, LifecycleAction> change, CancellationToken cancellationToken)
    {
        var (hook, token, id) = (Required(request, "LifecycleHookName"), TemplateValue.Text(request, "LifecycleActionToken"), TemplateValue.Text(request, "InstanceId"));
        await engine.ChangeAsync(region, GroupName(request), group =>
        {
            var found = group.Instances.SelectMany(instance => instance.Actions.Select(action => (instance, action)))
                .FirstOrDefault(pair => pair.action.HookName == hook && (token is null ? pair.instance.Id == id : pair.action.Token == token));
            if (found.action is null)
                throw AutoScalingError.Invalid($"No active Lifecycle Action found with {(token is null ? $"instance ID {id}" : $"token {token}")}");
            change(group, found.instance, found.action);
        }, cancellationToken);
        return null;
    }

    private static string Result(string text) => text is LifecycleHook.Continue or LifecycleHook.Abandon
        ? text
        : throw AutoScalingError.Invalid($"Lifecycle action result {text} is not valid. Valid values are {LifecycleHook.Continue} and {LifecycleHook.Abandon}");
}
