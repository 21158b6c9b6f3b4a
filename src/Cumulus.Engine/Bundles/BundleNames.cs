using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>Names of bundles on disk and in the bucket, in the old program's scheme, so that old handlers find them.</summary>
public static class BundleNames
{
    /// <summary><c>bundle-ENV-VERSION-NAME.zip</c>, or <c>NAME.zip</c> for no environment; the ending is the format's.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.NameInvalid"/></exception>
    public static string FileName(string name, string? environment, string? version, BundleFormat format = BundleFormat.Zip)
    {
        NameRules.Require("bundle name", name);
        if (environment is null) return name + format.Ending();
        NameRules.Require("environment", environment);
        return $"bundle-{environment}-{RequireVersion(version, environment)}-{name}{format.Ending()}";
    }

    /// <summary><c>ENV/VERSION/bundle-ENV-VERSION-NAME.zip</c>.</summary>
    /// <exception cref="CumulusException">As <see cref="FileName"/>.</exception>
    public static string Key(string name, string environment, string? version, BundleFormat format = BundleFormat.Zip) =>
        $"{environment}/{RequireVersion(version, environment)}/{FileName(name, environment, version, format)}";

    /// <summary>The parts of an archive's key; null when it is no key of an archive.</summary>
    public static BundleKeyParts? Parse(string key)
    {
        if (BundleFormats.Of(key) is not { } format || key.Split('/') is not [string environment, string version, string file]) return null;
        string head = $"bundle-{environment}-{version}-";
        if (!file.StartsWith(head, StringComparison.Ordinal) || !file.EndsWith(format.Ending(), StringComparison.Ordinal)) return null;
        string name = file[head.Length..^format.Ending().Length];
        return NameRules.IsValid(environment) && NameRules.IsValid(version) && NameRules.IsValid(name) ? new BundleKeyParts(environment, version, name, format) : null;
    }

    private static string RequireVersion(string? version, string environment)
    {
        if (string.IsNullOrEmpty(version))
        {
            throw new CumulusException(ErrorIds.VersionMissing, FailureKind.InvalidInput, $"There is no version for environment '{environment}'.")
            {
                Target = environment,
                Advice = "Give -Version, or set version in the environment's configuration.",
            };
        }

        return NameRules.Require("version", version);
    }
}

/// <summary>What the key of an archive says.</summary>
public sealed record BundleKeyParts(string Environment, string Version, string Name, BundleFormat Format);
