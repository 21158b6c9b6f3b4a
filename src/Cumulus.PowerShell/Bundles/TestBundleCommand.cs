using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Looks through archives on this machine: readable, safe, what their manifests say, signed. Needs no network.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Bundle", DefaultParameterSetName = "Path")]
[OutputType(typeof(BundleTest))]
public sealed class TestBundleCommand : CumulusCmdlet
{
    private BundleTester? _tester;

    /// <summary>Archives; wildcards are fine. Manifest and signature lie beside each.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>Archives, by paths without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>PEM files with public keys. The signature has to be of one of them; an unsigned bundle is then not valid.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] PublicKey { get; set; } = [];

    protected override Task BeginAsync(CancellationToken stop)
    {
        // A key that is no key ends the command: nothing could be tested with it.
        _tester = new BundleTester([.. PublicKey.Select(k => Engine.Bundles.PublicKey.FromFile(ResolvePath(k)))]);
        return Task.CompletedTask;
    }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        foreach (string path in Path.SelectMany(p => PathWildcards.Archives(p, ResolvePath)).Concat(LiteralPath.Select(ResolvePath)))
        {
            WriteProgress(new CmdletProgress(1, "Testing bundles", path));
            try
            {
                BundleTest test = await _tester!.TestAsync(path, stop);
                WriteObject(test);
                if (!test.IsValid) WriteFailure(BundleTester.Failure(test));
            }
            catch (CumulusException e)
            {
                WriteFailure(e, path);
            }
        }
    }

    protected override Task EndAsync(CancellationToken stop)
    {
        WriteProgress(new CmdletProgress(1, "Testing bundles", "done", Completed: true));
        return Task.CompletedTask;
    }
}
