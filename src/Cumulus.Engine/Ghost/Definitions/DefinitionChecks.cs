using System.Globalization;
using System.Text.RegularExpressions;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Ghost;

/// <summary>Rules that look at several fields of a definition.</summary>
internal static partial class DefinitionChecks
{
    private static readonly string[] UnixRoots = ["/", "/tmp", "/var", "/etc", "/ghost", "/root", "/home", "/home/admin"];

    private static readonly string[] WindowsRoots = [@"c:\windows", @"c:\users", @"c:\programdata"];

    // https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
    private static readonly Dictionary<string, (int Least, int Most)> IopsOf = new(StringComparer.Ordinal) { ["gp3"] = (3000, 80_000), ["io1"] = (100, 64_000), ["io2"] = (100, 256_000) };

    public static void Check(GhostApplication application, ReadingContext context)
    {
        Account(application, context);
        Source(application.BuildInfos, context);
        Machine(application, context);
        Volumes(application.EnvironmentInfos, context);
        Features(application, context);
        Modules(application, context);
        Twice(application.EnvVars.Select(v => v.Key), "env_vars", "var_key", context);
        Twice(application.EnvironmentInfos.InstanceTags.Select(t => t.TagName), "environment_infos.instance_tags", "tag_name", context);
        if (application.Autoscale is { Create: true } && application.EnvironmentInfos.SubnetIds.Count == 0)
        {
            context.Error("environment_infos.subnet_ids", "A group that is to be created needs subnets.");
        }
    }

    private static void Account(GhostApplication application, ReadingContext context)
    {
        if (application.AssumedAccountId is null != application.AssumedRoleName is null)
        {
            context.Error(application.AssumedAccountId is null ? "assumed_role_name" : "assumed_account_id", $"{(application.AssumedAccountId is null ? "assumed_account_id" : "assumed_role_name")} is missing beside it.");
        }

        if (application.AssumedExternalId is not null && application.AssumedRoleName is null) context.Error("assumed_external_id", "An external id goes with a role to assume, and there is none.");
    }

    private static void Source(BuildInfos build, ReadingContext context)
    {
        int ways = new object?[] { build.SourceAmi, build.SourceAmiParameter, build.SourceAmiFilter }.Count(w => w is not null);
        bool tried = context.Places.Keys.Any(p => p.StartsWith("build_infos.source_ami", StringComparison.Ordinal));
        if (ways > 1) context.Error("build_infos", "One source of the image is wanted: source_ami, source_ami_parameter or source_ami_filter.");
        if (ways == 0 && !tried) context.Error("build_infos", "The source of the image is missing: give source_ami, source_ami_parameter or source_ami_filter.");
        if (build.CopyRegions.Count > 0 && build.KmsKeyId is { } key && !key.StartsWith("alias/", StringComparison.Ordinal) && !key.Contains(":key/mrk-", StringComparison.Ordinal))
        {
            context.Warn("build_infos.kms_key_id", "A key is of one region: copies in other regions take the account's default key there, unless this is an alias or a multi-Region key.");
        }
    }

    private static void Machine(GhostApplication application, ReadingContext context)
    {
        IEnumerable<(string Path, string Type)> types =
        [
            ("instance_type", application.InstanceType),
            .. application.BuildInfos.InstanceType is { } build ? [("build_infos.instance_type", build)] : Array.Empty<(string, string)>(),
            .. (application.Autoscale?.MixedInstances?.InstanceTypes ?? []).Select((t, i) => (string.Create(CultureInfo.InvariantCulture, $"autoscale.mixed_instances.instance_types.{i + 1}"), t)),
        ];
        foreach ((string path, string type) in types.Where(t => t.Type.Length > 0))
        {
            bool isArm = GravitonFamily().IsMatch(type);
            if (isArm != (application.Architecture == "arm64")) context.Error(path, $"{type} is {(isArm ? "arm64" : "x86_64")}, and the application is {application.Architecture}.");
        }

        if (application.IsWindows && application.Architecture == "arm64") context.Error("architecture", "There is no Windows for arm64 on EC2.");
        if (application.BuildInfos.Sysprep && !application.IsWindows) context.Error("build_infos.sysprep", "sysprep is of Windows.");
        if (application.EnvironmentInfos.MetadataOptions.HttpTokens == "optional")
        {
            context.Warn("environment_infos.metadata_options.http_tokens", "With IMDSv1 anybody who can make the instance fetch an address gets its role's keys.");
        }
    }

    private static void Volumes(EnvironmentInfos environment, ReadingContext context)
    {
        RootBlockDevice root = environment.RootBlockDevice;
        Volume("environment_infos.root_block_device", root.VolumeType, root.Iops, root.Throughput, context);
        for (int i = 0; i < environment.OptionalVolumes.Count; i++)
        {
            OptionalVolume volume = environment.OptionalVolumes[i];
            Volume(string.Create(CultureInfo.InvariantCulture, $"environment_infos.optional_volumes.{i + 1}"), volume.VolumeType, volume.Iops, volume.Throughput, context);
        }

        Twice(environment.OptionalVolumes.Select(v => v.DeviceName), "environment_infos.optional_volumes", "device_name", context);
    }

    private static void Volume(string path, string type, int? iops, int? throughput, ReadingContext context)
    {
        if (throughput is not null && type != "gp3") context.Error($"{path}.throughput", $"Only gp3 has a throughput to set, and this is {type}.");
        if (IopsOf.TryGetValue(type, out var range))
        {
            if (iops is { } count && (count < range.Least || count > range.Most)) context.Error($"{path}.iops", $"{type} has {range.Least} to {range.Most} IOPS.");
            if (iops is null && type != "gp3") context.Error($"{path}.iops", $"{type} needs iops.");
        }
        else if (iops is not null)
        {
            context.Error($"{path}.iops", $"{type} has no IOPS to set; gp3, io1 and io2 have.");
        }
    }

    private static void Features(GhostApplication application, ReadingContext context)
    {
        for (int i = 0; i < application.Features.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"features.{i + 1}.provisioner");
            string provisioner = application.Features[i].Provisioner;
            if (application.IsWindows && provisioner is "ansible" or "salt") context.Error(path, $"{provisioner} runs on Linux, and the application is of Windows.");
            if (!application.IsWindows && provisioner == "dsc") context.Error(path, "dsc runs on Windows, and the application is of Linux.");
        }
    }

    private static void Modules(GhostApplication application, ReadingContext context)
    {
        Twice(application.Modules.Select(m => m.Name), "modules", "name", context);
        StringComparison comparison = application.IsWindows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        char separator = application.IsWindows ? '\\' : '/';
        for (int i = 0; i < application.Modules.Count; i++)
        {
            string path = application.Modules[i].Path;
            string field = string.Create(CultureInfo.InvariantCulture, $"modules.{i + 1}.path");
            if (path.Split(separator) is { } parts && (parts.Contains("..") || parts.Contains("."))) context.Error(field, "The path has a part '.' or '..'.");
            if (IsRoot(path, application.IsWindows)) context.Error(field, $"'{path}' belongs to the system; take a folder below it or elsewhere.");
            for (int other = 0; other < i; other++)
            {
                string before = application.Modules[other].Path;
                if (before.Length == 0 || path.Length == 0) continue;
                if (path.Equals(before, comparison)) context.Error(field, $"Module '{application.Modules[other].Name}' has the path '{path}' as well.");
                else if (path.StartsWith(before + separator, comparison)) context.Error(field, $"'{path}' lies in that of module '{application.Modules[other].Name}'.");
                else if (before.StartsWith(path + separator, comparison)) context.Error(field, $"The path of module '{application.Modules[other].Name}', '{before}', lies in '{path}'.");
            }
        }
    }

    private static bool IsRoot(string path, bool isWindows) => isWindows
        ? WindowsRoots.Any(r => path.Equals(r, StringComparison.OrdinalIgnoreCase) || path.StartsWith(r + @"\system32", StringComparison.OrdinalIgnoreCase))
        : UnixRoots.Contains(path);

    private static void Twice(IEnumerable<string> names, string list, string field, ReadingContext context)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, int i) in names.Select((n, i) => (n, i)))
        {
            if (name.Length > 0 && !seen.Add(name)) context.Error(string.Create(CultureInfo.InvariantCulture, $"{list}.{i + 1}.{field}"), $"'{name}' is there a second time.");
        }
    }

    /// <summary>https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html: a g after the generation is AWS Graviton. a1 is the first of them.</summary>
    [GeneratedRegex(@"\A(a1|[a-z]+[0-9]+[a-z]*g[a-z]*(-[a-z0-9]+)*)\.", RegexOptions.CultureInvariant)]
    private static partial Regex GravitonFamily();
}
