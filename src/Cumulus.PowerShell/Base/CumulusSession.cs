using Cumulus.Engine.Aws;

namespace Cumulus.PowerShell;

/// <summary>What <c>Connect-Cumulus</c> and <c>Start-LocalCloud</c> leave for the commands after them.</summary>
public sealed class CumulusSession
{
    /// <summary>Null until somebody connected: the SDK's own chain decides.</summary>
    public AwsConnection? Connection { get; set; }

    /// <summary>What the commands of the running pipeline have said already.</summary>
    internal PipelineMemory Pipeline { get; } = new();

    /// <summary>Folder of the local cloud that this session started, for <c>Stop-LocalCloud</c> without arguments.</summary>
    public string? LocalCloudPath { get; set; }
}
