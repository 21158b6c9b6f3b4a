using System.Management.Automation;
using System.Security;
using Cumulus.Engine.Bundles;

namespace Cumulus.PowerShell;

/// <summary>Makes a pair of keys: the private one signs bundles, the public one verifies them on hosts.</summary>
[Cmdlet(VerbsCommon.New, "BundleKey", SupportsShouldProcess = true)]
[OutputType(typeof(BundleKey))]
public sealed class NewBundleKeyCommand : CumulusCmdlet
{
    /// <summary>File for the private key, which its owner alone may read. The public key lies beside it: release.pem, release.pub.pem.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = "";

    /// <summary>Encrypts the private key.</summary>
    [Parameter]
    public SecureString? Passphrase { get; set; }

    /// <summary>Name of the environment variable that holds the passphrase, for scripts and for the console.</summary>
    [Parameter]
    public string? PassphraseVariable { get; set; }

    /// <summary>Replace key files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        string path = ResolvePath(Path);
        char[] passphrase = KeyPassphrase.Read(Passphrase, PassphraseVariable);
        try
        {
            if (ShouldProcess(path, IsSet(Force) ? "Make or replace a signing key" : "Make a signing key"))
            {
                WriteObject(BundleKey.Create(path, passphrase, IsSet(Force)));
            }
        }
        finally
        {
            Array.Clear(passphrase);
        }

        return Task.CompletedTask;
    }
}
