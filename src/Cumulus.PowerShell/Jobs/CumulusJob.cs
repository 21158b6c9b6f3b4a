using System.Management.Automation;

namespace Cumulus.PowerShell;

/// <summary>A cmdlet that runs in the background of the session. It ends as Failed when it wrote an error.</summary>
internal sealed class CumulusJob : Job
{
    private readonly CumulusCmdlet _cmdlet;
    private readonly object _gate = new();
    private bool _disposed;

    public CumulusJob(string command, CumulusCmdlet cmdlet)
        : base(command)
    {
        _cmdlet = cmdlet;
        PSJobTypeName = "CumulusJob";
    }

    public override bool HasMoreData =>
        Output.Count + Error.Count + Progress.Count + Verbose.Count + Debug.Count + Warning.Count + Information.Count > 0;

    public override string Location => "localhost";

    /// <summary>What the command last said about where it is.</summary>
    public override string StatusMessage => Status;

    internal string Status { get; set; } = "";

    internal bool HasFailed { get; set; }

    /// <summary>Returns at once; the command runs on a thread of its own.</summary>
    public void Start(JobHost host, JobInput beginning, IReadOnlyList<JobInput> records)
    {
        _cmdlet.Attach(host);
        SetJobState(JobState.Running);
        new Thread(() => Run(host, beginning, records)) { IsBackground = true, Name = "Cumulus job" }.Start();
    }

    /// <summary>Returns when the command has cleaned up.</summary>
    public override void StopJob()
    {
        lock (_gate)
        {
            if (IsOver) return;
            SetJobState(JobState.Stopping);
        }

        _cmdlet.RequestStop();
        Finished.WaitOne();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            StopJob();
            _cmdlet.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsOver => JobStateInfo.State is JobState.Completed or JobState.Failed or JobState.Stopped;

    private void Run(JobHost host, JobInput beginning, IReadOnlyList<JobInput> records)
    {
        JobState end;
        try
        {
            host.Use(_cmdlet, beginning);
            _cmdlet.RunBegin();
            foreach (JobInput record in records)
            {
                host.Use(_cmdlet, record);
                _cmdlet.RunProcess();
            }

            _cmdlet.RunEnd();
            end = HasFailed ? JobState.Failed : JobState.Completed;
        }
        catch (PipelineStoppedException)
        {
            end = HasFailed ? JobState.Failed : JobState.Stopped;
        }
        catch (CmdletTerminatedException e)
        {
            host.Show(e.Error);
            end = JobState.Failed;
        }
        catch (Exception e)
        {
            // Nobody is above this thread.
            host.Show(ErrorMap.Map(e));
            end = JobState.Failed;
        }

        lock (_gate) SetJobState(end);
    }
}
