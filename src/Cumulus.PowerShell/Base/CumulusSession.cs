using Cumulus.Engine.Aws;
using Cumulus.Engine.Pipelines;

namespace Cumulus.PowerShell;

/// <summary>What <c>Connect-Cumulus</c> and <c>Start-LocalCloud</c> leave for the commands after them.</summary>
public sealed class CumulusSession
{
    /// <summary>Null until somebody connected: the SDK's own chain decides.</summary>
    public AwsConnection? Connection { get; set; }

    /// <summary>What the commands of the running pipeline have said already.</summary>
    internal PipelineMemory Said { get; } = new();

    /// <summary>Folder of the local cloud that this session started, for <c>Stop-LocalCloud</c> without arguments.</summary>
    public string? LocalCloudPath { get; set; }

    /// <summary>How this session speaks to the build service that runs it; null: none does, or it shall not.</summary>
    internal PipelineLog? Pipeline { get; private set; }

    /// <summary>A session of a front end: it looks who runs this process.</summary>
    internal static CumulusSession Start()
    {
        var session = new CumulusSession();
        session.SpeakToPipeline(true);
        return session;
    }

    /// <param name="on">False: not at all, whoever runs this process.</param>
    internal void SpeakToPipeline(bool on) =>
        Pipeline = on && PipelineDetection.Find(Environment.GetEnvironmentVariable) is { } format ? PipelineLog.On(format) : null;

    /// <summary>What a job gets to work with: what it changes stays there.</summary>
    internal CumulusSession ForJob() => new() { Connection = Connection, LocalCloudPath = LocalCloudPath };
}
