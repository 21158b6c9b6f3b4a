using System.Management.Automation;
using System.Reflection;
using Cumulus.Engine;

namespace Cumulus.PowerShell;

/// <summary>
/// Makes a job of a command with <c>-AsJob</c>: gathers what the pipeline binds, record by record, and runs the same cmdlet
/// with it on another thread. A cmdlet takes part by declaring the switch; the base does the rest.
/// </summary>
internal sealed class JobStart
{
    /// <summary>The switch of a cmdlet that makes a job.</summary>
    public const string Parameter = "AsJob";

    private readonly CumulusCmdlet _cmdlet;
    private readonly PowerShellHost _host;
    private readonly PropertyInfo[] _parameters;
    private readonly JobInput _beginning;
    private readonly List<JobInput> _records = [];

    public JobStart(CumulusCmdlet cmdlet, PowerShellHost host)
    {
        _cmdlet = cmdlet;
        _host = host;
        _parameters = [.. cmdlet.GetType().GetProperties().Where(p => p.CanWrite && p.IsDefined(typeof(ParameterAttribute)))];
        _beginning = Look();
    }

    public static CumulusException Unavailable(Type cmdlet) =>
        new(ErrorIds.JobsUnavailable, FailureKind.InvalidInput, "There are no jobs here; -AsJob works in PowerShell only.")
        {
            Target = CmdletName.Of(cmdlet),
            Advice = "Leave -AsJob out, or start the command in the background by the means of your shell.",
        };

    public void AddRecord() => _records.Add(Look());

    /// <summary>Starts the job, and writes it to the pipeline.</summary>
    public void Start()
    {
        Type type = _cmdlet.GetType();
        var job = new CumulusJob(_host.CommandLine, (CumulusCmdlet)Activator.CreateInstance(type)!);
        _host.Register(job);
        job.Start(new JobHost(job, type, _host.Settings()), _beginning, _records);
    }

    private JobInput Look() => new(_parameters.ToDictionary(p => p, p => p.GetValue(_cmdlet)), _host.BoundParameters());
}

/// <summary>What was bound at one record.</summary>
internal sealed record JobInput(IReadOnlyDictionary<PropertyInfo, object?> Values, IReadOnlyDictionary<string, object?> Bound);
