using Cumulus.Console.Binding;
using Cumulus.Console.Catalog;
using Cumulus.Console.Rendering;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Console.Pipeline;

/// <summary>The console as the front end of one running cmdlet.</summary>
internal sealed class ConsoleHost(BoundCommand bound, PipelineContext context, Action<object?> output) : ICmdletHost
{
    private readonly Confirmation _confirmation = new(bound, context.Terminal);
    private IReadOnlyDictionary<ParameterDescription, object?> _recordValues = new Dictionary<ParameterDescription, object?>();

    public string CurrentFolder => Environment.CurrentDirectory;

    public CumulusSession Session => context.Session;

    public bool ShowsErrors => (Common.ErrorAction ?? context.ErrorAction) is not (StreamAction.SilentlyContinue or StreamAction.Ignore);

    public bool ShowsWarnings => Common.WarningAction is not (StreamAction.SilentlyContinue or StreamAction.Ignore);

    private CommonParameters Common => bound.Common;

    public void UseRecord(IReadOnlyDictionary<ParameterDescription, object?> values) => _recordValues = values;

    public void WriteObject(object? value, bool enumerateCollection)
    {
        if (enumerateCollection && value is System.Collections.IEnumerable items and not (string or System.Collections.IDictionary))
        {
            foreach (object? item in items)
            {
                output(item);
            }
        }
        else
        {
            output(value);
        }
    }

    /// <exception cref="PipelineEndedException">The error ends the line, as <c>-ErrorAction Stop</c> asks.</exception>
    public void WriteError(CmdletError error)
    {
        if (!ShowsErrors)
        {
            return;
        }

        context.Report(bound.Command.Name, error, withTrace: Common.Debug);
        if ((Common.ErrorAction ?? context.ErrorAction) == StreamAction.Stop)
        {
            throw new PipelineEndedException();
        }
    }

    public void WriteWarning(string text)
    {
        if (!ShowsWarnings)
        {
            return;
        }

        Note("WARNING: ", text, Style.Warned);
        if (Common.WarningAction == StreamAction.Stop)
        {
            context.CountError();
            throw new PipelineEndedException();
        }
    }

    public void WriteVerbose(string text)
    {
        if (Common.Verbose)
        {
            Note("VERBOSE: ", text, Style.Dim);
        }
    }

    public void WriteDebug(string text)
    {
        if (Common.Debug)
        {
            Note("DEBUG: ", text, Style.Dim);
        }
    }

    public void WriteInformation(string text)
    {
        if (Common.InformationAction == StreamAction.Continue)
        {
            Note("", text, Style.Plain);
        }
    }

    public void WriteProgress(CmdletProgress progress)
    {
        if (Common.ProgressAction == StreamAction.Continue)
        {
            context.Progress.Show(progress);
        }
    }

    public void WriteStatus(string text)
    {
        if (!context.Terminal.ErrorIsTerminal && Common.ProgressAction == StreamAction.Continue)
        {
            Note("", text, Style.Plain);
        }
    }

    // Standard output is for records: what reads it must not meet anything else there. Build services read both.
    public void WriteLogLine(string text) => context.Terminal.WriteErrorLine(text);

    public bool ShouldProcess(string target, string action) => _confirmation.ShouldProcess(target, action);

    public bool ShouldContinue(string query, string caption) => _confirmation.ShouldContinue(query, caption);

    public string ResolvePath(string path) => FilePath.Resolve(path, CurrentFolder, HomeFolder(), OperatingSystem.IsWindows());

    public bool IsSwitchOn(string parameterName) =>
        parameterName == "WhatIf" ? Common.WhatIf : TryGetValue(parameterName, out object? value) && value is true;

    public bool IsBound(string parameterName) => TryGetValue(parameterName, out _);

    private void Note(string prefix, string text, Style style)
    {
        foreach (string line in CellText.Lines(text))
        {
            context.Terminal.WriteErrorLine(prefix + line, style);
        }
    }

    private bool TryGetValue(string name, out object? value)
    {
        foreach (var (parameter, bound) in bound.Values.Concat(_recordValues))
        {
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = bound;
                return true;
            }
        }

        value = null;
        return false;
    }

    private static string HomeFolder() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
