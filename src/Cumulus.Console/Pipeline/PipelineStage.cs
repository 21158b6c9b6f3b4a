using System.Management.Automation;
using Cumulus.Console.Binding;
using Cumulus.Console.Catalog;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Console.Pipeline;

/// <summary>One cmdlet at its place in a pipeline.</summary>
internal sealed class PipelineStage : IDisposable
{
    private readonly BoundCommand _bound;
    private readonly RecordBinder _records;
    private readonly CumulusCmdlet _cmdlet;
    private readonly ConsoleHost _host;
    private readonly CancellationToken _stop;
    private bool _begun;

    /// <param name="output">Takes each record, one at a time, before the cmdlet goes on.</param>
    public PipelineStage(BoundCommand bound, PipelineContext context, Action<object?> output, CancellationToken stop)
    {
        _bound = bound;
        _stop = stop;
        _records = new RecordBinder(bound);
        _cmdlet = (CumulusCmdlet)Activator.CreateInstance(bound.Command.Type)!;
        _host = new ConsoleHost(bound, context, output);
        _cmdlet.Attach(_host);
        foreach (var (parameter, value) in bound.Values)
        {
            SetValue(parameter, value);
        }
    }

    public string Name => _bound.Command.Name;

    public bool ShowsTrace => _bound.Common.Debug;

    /// <summary>Once; earlier than its turn when the cmdlet before it writes a record in its own beginning.</summary>
    public void Begin()
    {
        if (!_begun)
        {
            _begun = true;
            _cmdlet.RunBegin();
        }
    }

    /// <summary>Runs the first cmdlet of a pipeline, which has no records to wait for.</summary>
    public void Process() => _cmdlet.RunProcess();

    public void End() => _cmdlet.RunEnd();

    public void RequestStop() => _cmdlet.RequestStop();

    /// <summary>Runs the cmdlet for one record of the cmdlet before it.</summary>
    public void Accept(object? record)
    {
        if (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        Begin();
        IReadOnlyDictionary<ParameterDescription, object?> values;
        try
        {
            values = _records.Bind(record);
        }
        catch (ValueException e)
        {
            _host.WriteError(NotBound(e, record));
            return;
        }

        var before = values.Keys.ToDictionary(p => p, p => p.ValueOf(_cmdlet));
        _host.UseRecord(values);
        try
        {
            foreach (var (parameter, value) in values)
            {
                SetValue(parameter, value);
            }

            _cmdlet.RunProcess();
        }
        finally
        {
            foreach (var (parameter, value) in before)
            {
                parameter.SetValue(_cmdlet, value);
            }

            _host.UseRecord(new Dictionary<ParameterDescription, object?>());
        }
    }

    public void Dispose() => _cmdlet.Dispose();

    // A switch cannot hold its value here; the host answers for it.
    private void SetValue(ParameterDescription parameter, object? value)
    {
        if (!parameter.IsSwitch)
        {
            parameter.SetValue(_cmdlet, value);
        }
    }

    private static CmdletError NotBound(ValueException reason, object? record) => new(
        reason,
        ErrorIds.InputNotBound,
        "InvalidArgument",
        record,
        $"A record of the command before it does not fit: {reason.Message}.",
        Advice: null,
        IsBug: false);
}
