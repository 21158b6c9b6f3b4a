using Cumulus.Engine.Aws;
using Cumulus.Engine.Completion;

namespace Cumulus.PowerShell;

/// <summary>Environments of the configuration.</summary>
public sealed class EnvironmentCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new EnvironmentWords();
}

/// <summary>Stacks of an environment.</summary>
public sealed class StackCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new StackWords();
}

/// <summary>Bundles of an environment.</summary>
public sealed class BundleCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new BundleWords();
}

/// <summary>Bundles that are installed on this host.</summary>
public sealed class InstalledBundleCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new InstalledWords();
}

/// <summary>Versions that are configured or published.</summary>
public sealed class VersionCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new VersionWords();
}

/// <summary>Earlier versions that this host keeps.</summary>
public sealed class KeptVersionCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new KeptVersionWords();
}

/// <summary>AWS region codes.</summary>
public sealed class RegionCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new RegionWords();
}

/// <summary>Profiles of the AWS configuration files.</summary>
public sealed class ProfileCompleter : CumulusCompleter
{
    private protected override ICompletionSource Source => new ProfileWords();
}
