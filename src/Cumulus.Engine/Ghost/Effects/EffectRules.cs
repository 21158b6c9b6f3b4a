namespace Cumulus.Engine.Ghost;

/// <summary>Which fields show in which area. Fields that nothing has to carry out, such as the description or the waits of a deployment, are read when they are needed and never pending.</summary>
public static class EffectRules
{
    private static readonly string[] OfImage = ["features", "build_infos", "lifecycle_hooks.pre_buildimage", "lifecycle_hooks.post_buildimage", "platform", "architecture", "region", "vpc_id"];

    private static readonly string[] OfGroup =
    [
        "environment_infos", "autoscale", "instance_type", "instance_monitoring", "platform", "architecture", "region", "vpc_id",
        "assumed_account_id", "assumed_role_name", "assumed_region_name",
    ];

    private static readonly string[] OfBoot = ["lifecycle_hooks.pre_bootstrap", "lifecycle_hooks.post_bootstrap", "env_vars", "modules.order"];

    /// <summary>The fields of one area.</summary>
    /// <param name="module">For <see cref="EffectArea.Module"/>.</param>
    public static IReadOnlyDictionary<string, string> FieldsOf(GhostApplication application, EffectArea area, string? module)
    {
        string[] prefixes = area switch
        {
            EffectArea.Image => [.. OfImage, .. HasBuildHook(application) ? ["env_vars"] : Array.Empty<string>(), .. BakedVolumes(application)],
            EffectArea.Group => OfGroup,
            EffectArea.Boot => OfBoot,
            _ => [$"modules.{module}", .. HasScript(application, module) ? ["env_vars"] : Array.Empty<string>()],
        };
        return DefinitionFields.Of(application)
            .Where(f => f.Key != "build_infos.ssh_username" && prefixes.Any(p => f.Key == p || f.Key.StartsWith(p + '.', StringComparison.Ordinal)))
            .ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
    }

    // Variables are given to scripts, so where there is none they change nothing.
    private static bool HasBuildHook(GhostApplication application) => application.LifecycleHooks is { PreBuildimage: not null } or { PostBuildimage: not null };

    private static bool HasScript(GhostApplication application, string? module) =>
        application.Modules.FirstOrDefault(m => m.Name == module) is { } m && (m.BuildPack ?? m.PreDeploy ?? m.PostDeploy ?? m.AfterAllDeploy) is not null;

    private static IEnumerable<string> BakedVolumes(GhostApplication application) =>
        application.EnvironmentInfos.OptionalVolumes.Where(v => v.LaunchBlockDeviceMappings).Select(v => $"environment_infos.optional_volumes.{v.DeviceName}");
}
