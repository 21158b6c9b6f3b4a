using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace Cumulus.PowerShell;

/// <summary>
/// Base of all cmdlets. The body of each block is a task; what it writes, asks and reports happens on the pipeline thread.
/// A body talks to the members here and never to PowerShell, since the console runs it too.
/// </summary>
/// <remarks>
/// An exception that escapes <see cref="ProcessAsync"/> or <see cref="EndAsync"/> is a non-terminating error, so the next
/// record still runs; one that escapes <see cref="BeginAsync"/> ends the command before any record. A body learns of Ctrl+C, of
/// <c>Select-Object -First</c> and of <c>-ErrorAction Stop</c> in one way: its token is set and <see cref="OperationCanceledException"/>
/// comes out of output, of questions and of the write that met it. Let it pass; the base knows. Reports after that are dropped, so
/// a <c>finally</c> runs to its end.
/// </remarks>
public abstract class CumulusCmdlet : PSCmdlet, IDisposable
{
    private readonly PipelinePump _pump = new();
    private ICmdletHost? _given;
    private ICmdletHost? _frontEnd;
    private PipelineMemory? _pipeline;
    private JobStart? _job;

    protected CumulusCmdlet() => Host = new PumpedHost(_pump, () => FrontEnd);

    /// <summary>The front end, safe from any thread.</summary>
    protected new ICmdletHost Host { get; }

    /// <summary>What <c>Connect-Cumulus</c> left for this session.</summary>
    protected CumulusSession Session => Host.Session;

    // Not before the first block: what was given decides.
    private ICmdletHost FrontEnd => _frontEnd ??= PipelineHost.Around(_given ?? new PowerShellHost(this), this);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes another front end than PowerShell the host; before the first block.</summary>
    internal void Attach(ICmdletHost host) => _given = host;

    /// <exception cref="CmdletTerminatedException">The beginning failed; no other block may run.</exception>
    /// <exception cref="PipelineStoppedException">A stop was requested.</exception>
    internal void RunBegin()
    {
        _pipeline = FrontEnd.Session.Said;
        _pipeline.Enter(this);
        var failures = FrontEnd.IsSwitchOn(JobStart.Parameter) ? [JobStart.Unavailable(GetType())] : Run(BeginAsync);
        foreach (var failure in failures.SkipLast(1))
            FrontEnd.WriteError(ErrorMap.Map(failure));
        if (failures.Count == 0)
            return;

        var last = ErrorMap.Map(failures[^1]);
        FrontEnd.Announce(last);
        throw new CmdletTerminatedException(last);
    }

    /// <exception cref="PipelineStoppedException">A stop was requested.</exception>
    internal void RunProcess() => RunAndReport(ProcessAsync);

    /// <exception cref="PipelineStoppedException">A stop was requested.</exception>
    internal void RunEnd()
    {
        RunAndReport(EndAsync);
        (FrontEnd as PipelineHost)?.Finish();
        _pump.Close();
    }

    /// <summary>Cancels the token of the bodies and returns at once; the running block returns after its clean-up.</summary>
    internal void RequestStop() => _pump.RequestStop();

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _pipeline?.Leave(this);
        _pump.Dispose();
    }

    protected virtual Task BeginAsync(CancellationToken stop) => Task.CompletedTask;

    protected virtual Task ProcessAsync(CancellationToken stop) => Task.CompletedTask;

    protected virtual Task EndAsync(CancellationToken stop) => Task.CompletedTask;

    protected sealed override void BeginProcessing()
    {
        var host = new PowerShellHost(this);
        if (host.IsSwitchOn(JobStart.Parameter))
        {
            _job = new JobStart(this, host);
            return;
        }

        try
        {
            RunBegin();
        }
        catch (CmdletTerminatedException e)
        {
            ThrowTerminatingError(PowerShellHost.ToRecord(e.Error));
        }
    }

    protected sealed override void ProcessRecord()
    {
        if (_job is null)
            RunProcess();
        else
            _job.AddRecord();
    }

    protected sealed override void EndProcessing()
    {
        if (_job is null)
            RunEnd();
        else
            _job.Start();
    }

    protected sealed override void StopProcessing() => RequestStop();

    protected new void WriteObject(object? value) => Host.WriteObject(value, enumerateCollection: false);

    /// <summary>Writes each value as it comes.</summary>
    protected void WriteObjects<T>(IEnumerable<T> values)
    {
        foreach (var value in values)
            WriteObject(value);
    }

    /// <summary>A non-terminating error; under <c>-ErrorAction Stop</c> it cancels the body and ends the command.</summary>
    /// <param name="target">What the command was at work on, for an exception that names nothing itself.</param>
    protected void WriteFailure(Exception exception, object? target = null) => Host.WriteError(ErrorMap.Map(exception, target));

    protected new void WriteWarning(string text) => Host.WriteWarning(text);

    protected new void WriteVerbose(string text) => Host.WriteVerbose(text);

    protected void WriteInformation(string text) => Host.WriteInformation(text);

    protected void WriteProgress(CmdletProgress progress) => Host.WriteProgress(progress);

    /// <summary>One line for one thing that changed; see <see cref="ICmdletHost.WriteStatus"/>.</summary>
    protected void WriteStatus(string text) => Host.WriteStatus(text);

    protected new bool ShouldProcess(string target, string action) => Host.ShouldProcess(target, action);

    protected new bool ShouldContinue(string query, string caption) => Host.ShouldContinue(query, caption);

    /// <summary>Full path of what the user wrote, from the session's current folder. It need not exist.</summary>
    /// <exception cref="Engine.CumulusException"><see cref="Engine.ErrorIds.PathInvalid"/>: no path of the file system.</exception>
    protected string ResolvePath(string path) => Host.ResolvePath(path);

    /// <summary>Whether a switch is on. The value itself is not looked at: the console cannot fill it.</summary>
    protected bool IsSet(SwitchParameter value, [CallerArgumentExpression(nameof(value))] string parameterName = "") =>
        Host.IsSwitchOn(parameterName[(parameterName.LastIndexOf('.') + 1)..]);

    /// <summary>Whether the user, or the pipeline, gave this parameter.</summary>
    protected bool IsBound(string parameterName) => Host.IsBound(parameterName);

    private void RunAndReport(Func<CancellationToken, Task> body)
    {
        foreach (var failure in Run(body))
            FrontEnd.WriteError(ErrorMap.Map(failure));
    }

    private IReadOnlyList<Exception> Run(Func<CancellationToken, Task> body)
    {
        if (_pump.Stop.IsCancellationRequested)
            throw new PipelineStoppedException();

        var failures = _pump.Run(body);
        if (!_pump.Stop.IsCancellationRequested || failures.Count == 0)
            return failures;

        // Cancelled as asked: nothing to report. A clean-up that failed is.
        var realFailures = failures.Where(failure => failure is not OperationCanceledException).ToList();
        return realFailures.Count > 0 ? realFailures : throw new PipelineStoppedException();
    }
}
