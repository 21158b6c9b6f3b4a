using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Cumulus.Engine.Completion;

namespace Cumulus.PowerShell;

/// <summary>
/// Base of what completes values of parameters. A kind of word is a source in the engine and a completer that names it; a parameter asks for it by
/// <c>[ArgumentCompleter(typeof(…))]</c>. Answers come within a second and are never an error.
/// </summary>
public abstract class CumulusCompleter : IArgumentCompleter
{
    private protected abstract ICompletionSource Source { get; }

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return Complete(wordToComplete, fakeBoundParameters);
        }
        catch (Exception)
        {
            // A missing engine, a session that has no folder: the command itself says what is wrong.
            return [];
        }
    }

    private List<CompletionResult> Complete(string typed, IDictionary bound)
    {
        var scope = new CompletionScope(CurrentFolder(), PowerShellHost.SessionOf(Runspace.DefaultRunspace).Connection, Texts(bound));
        string bare = typed.Trim('\'', '"');
        return [.. CompletionFinder.Shared.Find(Source, scope, bare).Select(w => new CompletionResult(Quoted(w.Text), w.Text, CompletionResultType.ParameterValue, w.Note is { Length: > 0 } note ? note : w.Text))];
    }

    // A completer runs within the pipeline of the session, which lets nobody but a nested one ask it.
    private static string CurrentFolder()
    {
        using var nested = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        nested.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem");
        return ((PathInfo)nested.Invoke()[0].BaseObject).ProviderPath;
    }

    private static Dictionary<string, string> Texts(IDictionary bound)
    {
        var texts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry parameter in bound)
        {
            object? value = parameter.Value is PSObject wrapped ? wrapped.BaseObject : parameter.Value;
            if (value is object[] { Length: > 0 } several) value = several[0];
            texts[$"{parameter.Key}"] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        }

        return texts;
    }

    private static string Quoted(string text) =>
        text.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':') && !text.StartsWith('-') ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
