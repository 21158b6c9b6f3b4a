using System.Text.Json.Nodes;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Yaml;

namespace Cumulus.Engine.Ghost;

/// <param name="Application">Null when there are errors.</param>
/// <param name="Revision">Of the stored definition that the document was exported from; null when it does not say.</param>
/// <param name="Errors">All that is wrong, by place.</param>
public sealed record DefinitionReading(GhostApplication? Application, int? Revision, IReadOnlyList<ConfigurationProblem> Errors, IReadOnlyList<ConfigurationProblem> Warnings)
{
    /// <exception cref="ConfigurationException"><see cref="ErrorIds.ApplicationInvalid"/>, with all problems.</exception>
    public GhostApplication Require() =>
        Application ?? throw new ConfigurationException(ErrorIds.ApplicationInvalid, "definition of the application", Errors);
}

/// <summary>Reads definitions of applications: YAML, JSON, and the documents of Ghost's API. Pure but for scripts that are files.</summary>
public static class DefinitionReader
{
    private const string PlatformField = "platform";

    // EC2's bounds: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html and provisioned-iops.html.
    private const int MostIops = 256_000;
    private const int LeastThroughput = 125;
    private const int MostThroughput = 2000;
    private const int MostGiB = 65_536;
    private const int Day = 86_400;

    private static readonly string[] VolumeTypes = ["gp2", "gp3", "io1", "io2", "standard", "st1", "sc1"];

    /// <param name="file">For messages; a name that ends in <c>.json</c> is read as JSON, as is a text that begins with <c>{</c>.</param>
    /// <param name="scripts">Null: a script that is a file is an error.</param>
    public static DefinitionReading Read(string text, string file, IScriptFiles? scripts)
    {
        var problems = new ProblemCollector();
        bool isJson = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || text.AsSpan().TrimStart().StartsWith("{");
        YamlNode? root = isJson ? JsonNodes.Read(text, file, problems) : YamlReader.Read(text, file, problems);
        return Read(root, file, scripts, problems);
    }

    /// <summary>From fields that were given by hand or come from the state.</summary>
    /// <param name="source">Where they come from, for messages.</param>
    public static DefinitionReading Read(JsonNode definition, string source)
    {
        var problems = new ProblemCollector();
        YamlNode? root = JsonNodes.Read(definition.ToJsonString(), source, problems);
        DefinitionReading reading = Read(root, source, scripts: null, problems);

        // The lines are those of a text that nobody wrote.
        return reading with { Errors = [.. reading.Errors.Select(WithoutPlace)], Warnings = [.. reading.Warnings.Select(WithoutPlace)] };
    }

    private static ConfigurationProblem WithoutPlace(ConfigurationProblem problem) => problem with { Line = 0, Column = 0 };

    private static DefinitionReading Read(YamlNode? root, string file, IScriptFiles? scripts, ProblemCollector problems)
    {
        GhostApplication? application = null;
        int? revision = null;
        if (root is YamlMapping mapping)
        {
            bool ofGhost = mapping.Entries.Any(e => e.Key is "_id" or "_etag" or "_created" or "_updated");
            var context = new ReadingContext(problems, scripts, ofGhost);
            var reader = new FieldReader(mapping, "", context);
            int schema = reader.Number("schema", 1, int.MaxValue) ?? 1;
            revision = reader.Number("revision", 1, int.MaxValue);
            if (schema > GhostApplication.CurrentSchema)
            {
                reader.Error("schema", $"This definition has schema {schema}; this version of Cumulus reads up to {GhostApplication.CurrentSchema}.");
            }
            else
            {
                application = Application(reader);
                reader.Finish();
                DefinitionChecks.Check(application, context);
            }
        }
        else if (problems.Errors.Count == 0)
        {
            problems.Error(root?.Place ?? new Place(file, 0), null, "The definition of an application is a mapping of fields.");
        }

        return new DefinitionReading(problems.Errors.Count == 0 ? application : null, revision, problems.Errors, problems.Warnings);
    }

    private static GhostApplication Application(FieldReader f)
    {
        f.Skip("user", "pending_changes");
        f.Unused("Ghost stored this and never used it; it is left out.", "resources");
        string platform = f.Choice(PlatformField, "linux", "linux", "windows");
        FieldRule path = platform == "windows" ? FieldRules.WindowsPath : FieldRules.UnixPath;
        return new GhostApplication
        {
            Name = f.Required("name", FieldRules.Name),
            Env = f.Required("env", FieldRules.LowerName),
            Role = f.Required("role", FieldRules.LowerName),
            Description = f.Text("description"),
            AssumedAccountId = f.Text("assumed_account_id", FieldRules.AccountId),
            AssumedRoleName = f.Text("assumed_role_name", FieldRules.RoleName),
            AssumedRegionName = f.Text("assumed_region_name", FieldRules.Region),
            AssumedExternalId = f.Text("assumed_external_id", FieldRules.ExternalId),
            Region = f.Required("region", FieldRules.Region),
            VpcId = f.Required("vpc_id", FieldRules.VpcId),
            Platform = platform,
            Architecture = f.Choice("architecture", "x86_64", "x86_64", "arm64"),
            InstanceType = f.Required("instance_type", FieldRules.InstanceType),
            InstanceMonitoring = f.Truth("instance_monitoring"),
            Ami = f.Text("ami", FieldRules.AmiId),
            BuildInfos = f.SectionOrEmpty("build_infos", Build),
            EnvironmentInfos = f.SectionOrEmpty("environment_infos", Environment),
            EnvVars = f.List("env_vars", Variable),
            Features = f.List("features", Feature),
            Modules = f.List("modules", m => Module(m, path)),
            Autoscale = f.Section("autoscale", Autoscale) is { Name.Length: > 0 } group ? group : null,
            SafeDeployment = f.Section(f.Has("safe_deployment") ? "safe_deployment" : "safe-deployment", Safe),
            LifecycleHooks = f.Section("lifecycle_hooks", Hooks) ?? new LifecycleHooks(),
            BlueGreen = f.Section("blue_green", BlueGreen),
            LogNotifications = f.List("log_notifications", Notification, (mail, at) => Plain(f, mail, at)),
        };
    }

    private static BuildInfos Build(FieldReader f)
    {
        f.Skip("ami_name", "container_image");
        f.Unused("Packages are built by processes of the machine that deploys, not in LXD containers; this is left out.", "source_container_image");
        return new BuildInfos
        {
            SshUsername = f.Text("ssh_username", FieldRules.SshUser),
            SourceAmi = f.Text("source_ami", FieldRules.AmiId),
            SourceAmiParameter = f.Text("source_ami_parameter", FieldRules.ParameterName),
            SourceAmiFilter = f.Section("source_ami_filter", s => new SourceImageFilter(s.Required("name", FieldRules.Line), s.Required("owner", FieldRules.ImageOwner))),
            SubnetId = f.Required("subnet_id", FieldRules.SubnetId),
            InstanceType = f.Text("instance_type", FieldRules.InstanceType),
            InstanceProfile = f.Text("instance_profile", FieldRules.InstanceProfile),
            KmsKeyId = f.Text("kms_key_id", FieldRules.Line),
            NoReboot = f.Truth("no_reboot"),
            Sysprep = f.Truth("sysprep"),
            CopyRegions = f.Texts("copy_regions", FieldRules.Region),
            ShareAccounts = f.Texts("share_accounts", FieldRules.AccountId),
        };
    }

    private static EnvironmentInfos Environment(FieldReader f) => new()
    {
        SecurityGroups = f.Texts("security_groups", FieldRules.GroupId),
        SubnetIds = f.Texts("subnet_ids", FieldRules.SubnetId),
        InstanceProfile = f.Text("instance_profile", FieldRules.InstanceProfile),
        KeyName = f.Text("key_name", FieldRules.KeyName),
        PublicIpAddress = f.Truth("public_ip_address", fallback: true),
        RootBlockDevice = f.Section("root_block_device", Root) ?? new RootBlockDevice(),
        OptionalVolumes = f.List("optional_volumes", Volume),
        InstanceTags = f.List("instance_tags", Tag),
        MetadataOptions = f.Section("metadata_options", m => new MetadataOptions
        {
            HttpTokens = m.Choice("http_tokens", "required", "required", "optional"),
            HopLimit = m.Number("hop_limit", 1, 64) ?? 2,
        }) ?? new MetadataOptions(),
    };

    private static RootBlockDevice Root(FieldReader f) => new()
    {
        Size = f.Number("size", RootBlockDevice.DefaultSize, MostGiB) ?? RootBlockDevice.DefaultSize,
        Name = f.Text("name", FieldRules.RootDevice),
        VolumeType = f.Choice("volume_type", "gp3", VolumeTypes),
        Iops = f.Number("iops", 100, MostIops),
        Throughput = f.Number("throughput", LeastThroughput, MostThroughput),
        Encrypted = f.Truth("encrypted", fallback: true),
        KmsKeyId = f.Text("kms_key_id", FieldRules.Line),
    };

    private static OptionalVolume Volume(FieldReader f) => new()
    {
        DeviceName = f.Required("device_name", FieldRules.VolumeDevice),
        VolumeType = f.Choice("volume_type", "gp3", VolumeTypes),
        VolumeSize = f.Number("volume_size", 1, MostGiB) ?? Missing(f, "volume_size"),
        Iops = f.Number("iops", 100, MostIops),
        Throughput = f.Number("throughput", LeastThroughput, MostThroughput),
        Encrypted = f.Truth("encrypted", fallback: true),
        KmsKeyId = f.Text("kms_key_id", FieldRules.Line),
        LaunchBlockDeviceMappings = f.Truth("launch_block_device_mappings"),
    };

    private static int Missing(FieldReader f, string name)
    {
        if (!f.Has(name)) f.Error(name, $"The field '{name}' is missing.");
        return 0;
    }

    // Ghost's forms keep rows that were left empty, and drop the names that Ghost itself sets.
    private static InstanceTag? Tag(FieldReader f)
    {
        (string name, string value) = (f.Required("tag_name", FieldRules.TagName), f.Text("tag_value", FieldRules.TagValue) ?? "");
        if (!InstanceTag.Reserved.Contains(name)) return new InstanceTag(name, value);
        f.Warn("tag_name", $"Cumulus sets the tag '{name}' itself; this one is left out.");
        return null;
    }

    private static EnvironmentVariable Variable(FieldReader f)
    {
        var variable = new EnvironmentVariable
        {
            Key = f.Required("var_key", FieldRules.VariableKey),
            Value = f.Text("var_value"),
            From = f.Text("var_value_from", FieldRules.VariableSource),
        };
        if (variable is { Value: not null, From: not null }) f.Error("var_value_from", "A variable has a value or a place that it comes from, not both.");
        if (variable.Value is { Length: > 0 } && SecretRedaction.IsSecretName(variable.Key))
        {
            f.Warn("var_value", $"'{variable.Key}' looks like a secret, and everyone who can read the definition can read it. Put it into an SSM parameter or into Secrets Manager and name that with var_value_from.");
        }

        return variable.Value is null && variable.From is null ? variable with { Value = "" } : variable;
    }

    private static GhostFeature Feature(FieldReader f) => new()
    {
        Name = f.Required("name", FieldRules.FeatureName),
        Version = f.Text("version", FieldRules.FeatureVersion),
        Provisioner = f.Choice("provisioner", GhostFeature.DefaultProvisioner, [.. GhostFeature.Provisioners]),
        ParameterNode = f.Free("parameters"),
    };

    private static GhostModule Module(FieldReader f, FieldRule path)
    {
        f.Skip("initialized", "last_deployment");
        string? repository = f.Text("git_repo", FieldRules.GitUrl);
        return new GhostModule
        {
            Name = f.Required("name", FieldRules.Name),
            Source = f.Section("source", s => Source(s, repository)) ?? OldSource(f, repository),
            Scope = f.Choice("scope", "code", "system", "code"),
            Path = f.Required("path", path),
            Uid = f.Number("uid", 0, int.MaxValue),
            Gid = f.Number("gid", 0, int.MaxValue),
            BuildPack = f.Script("build_pack"),
            PreDeploy = f.Script("pre_deploy"),
            PostDeploy = f.Script("post_deploy"),
            AfterAllDeploy = f.Script("after_all_deploy"),
        };
    }

    private static ModuleSource Source(FieldReader f, string? repository)
    {
        string protocol = f.Choice("protocol", "git", "git", "s3");
        string? url = f.Text("url", FieldRules.GitUrl) ?? repository;
        if (url is null && !f.Has("url")) f.Error("url", $"The field '{f.Path}.url' is missing.");
        return new ModuleSource(protocol, url ?? "", f.Choice("mode", "symlink", "symlink"));
    }

    private static ModuleSource OldSource(FieldReader f, string? repository)
    {
        if (repository is null && !f.Has("source")) f.Error("source", $"The field '{f.Path}.source' is missing.");
        return new ModuleSource("git", repository ?? "");
    }

    private static AutoscaleSettings Autoscale(FieldReader f)
    {
        var group = new AutoscaleSettings
        {
            Name = f.Text("name", FieldRules.GroupName) ?? "",
            Min = f.Number("min", 0, int.MaxValue) ?? 0,
            Max = f.Number("max", 0, int.MaxValue) ?? 0,
            EnableMetrics = f.Truth("enable_metrics", fallback: true),
            Create = f.Truth("create"),
            TargetGroups = f.Texts("target_groups", FieldRules.TargetGroupArn),
            LoadBalancers = f.Texts("load_balancers", FieldRules.Line),
            HealthCheckType = f.Has("health_check_type") ? f.Choice("health_check_type", "EC2", "EC2", "ELB") : null,
            HealthCheckGracePeriod = f.Number("health_check_grace_period", 0, Day),
            Warmup = f.Number("warmup", 0, Day),
            MaintenancePolicy = f.Section("maintenance_policy", m => new MaintenancePolicy(m.Number("min_healthy", 0, 100) ?? 100, m.Number("max_healthy", 100, 200) ?? 110)),
            MixedInstances = f.Section("mixed_instances", Mixed),
            BootTimeout = f.Number("boot_timeout", 30, 7200) ?? 900,
        };
        if (group.Max < group.Min) f.Error("max", $"The group's max {group.Max} is smaller than its min {group.Min}.");
        if (group.Name.Length == 0 && (group.Min > 0 || group.Max > 0 || group.Create)) f.Error("name", "The group has sizes and no name.");
        if (group.MaintenancePolicy is { } policy && policy.MaxHealthy - policy.MinHealthy > 100) f.Error("maintenance_policy", "EC2 Auto Scaling takes at most 100 between min_healthy and max_healthy.");
        return group;
    }

    private static MixedInstances Mixed(FieldReader f) => new()
    {
        InstanceTypes = f.Texts("instance_types", FieldRules.InstanceType),
        OnDemandBase = f.Number("on_demand_base", 0, int.MaxValue) ?? 0,
        OnDemandPercentage = f.Number("on_demand_percentage", 0, 100) ?? 100,
        SpotAllocationStrategy = f.Choice("spot_allocation_strategy", "price-capacity-optimized", "price-capacity-optimized", "capacity-optimized", "capacity-optimized-prioritized", "lowest-price"),
    };

    private static SafeDeployment Safe(FieldReader f)
    {
        var safe = new SafeDeployment
        {
            LoadBalancerType = f.Choice("load_balancer_type", "elb", "elb", "alb", "haproxy"),
            WaitBeforeDeploy = f.Number("wait_before_deploy", 0, Day) ?? 10,
            WaitAfterDeploy = f.Number("wait_after_deploy", 0, Day) ?? 10,
            AppTagValue = f.Text("app_tag_value", FieldRules.TagValue),
            HaBackend = f.Text("ha_backend", FieldRules.Line),
            ApiPort = f.Number("api_port", 1, 65_535) ?? 5001,
        };
        if (safe.LoadBalancerType == "haproxy" && (safe.AppTagValue is null || safe.HaBackend is null)) f.Error("load_balancer_type", "haproxy needs app_tag_value and ha_backend.");
        return safe;
    }

    private static LifecycleHooks Hooks(FieldReader f) => new()
    {
        PreBuildimage = f.Script("pre_buildimage"),
        PostBuildimage = f.Script("post_buildimage"),
        PreBootstrap = f.Script("pre_bootstrap"),
        PostBootstrap = f.Script("post_bootstrap"),
    };

    private static BlueGreenSettings BlueGreen(FieldReader f)
    {
        f.Skip("alter_ego_id");
        var settings = new BlueGreenSettings
        {
            EnableBlueGreen = f.Truth("enable_blue_green"),
            Color = f.Has("color") ? f.Choice("color", "blue", [.. ApplicationKey.Colours]) : null,
            IsOnline = f.Truth("is_online"),
            Hooks = f.Section("hooks", h => new BlueGreenHooks { PreSwap = h.Script("pre_swap"), PostSwap = h.Script("post_swap") }) ?? new BlueGreenHooks(),
        };
        if (settings is { EnableBlueGreen: true, Color: null }) f.Error("color", "An application with blue/green has a colour, blue or green.");
        return settings;
    }

    private static LogNotification Notification(FieldReader f)
    {
        IReadOnlyList<string> states = f.Texts("job_states", new FieldRule(JobStates, "one of done, failed, aborted, *"));
        return new LogNotification(f.Required("email", FieldRules.Email), states.Count == 0 ? ["*"] : states);
    }

    // Ghost's old form: the address alone.
    private static LogNotification? Plain(FieldReader f, string mail, string path)
    {
        if (FieldRules.Email.Allows(mail)) return new LogNotification(mail, ["*"]);
        f.Error(path, $"'{mail}' is not {FieldRules.Email.Explanation}.");
        return null;
    }

    private static readonly System.Text.RegularExpressions.Regex JobStates = new(@"\A(done|failed|aborted|\*)\z", System.Text.RegularExpressions.RegexOptions.CultureInvariant);
}
