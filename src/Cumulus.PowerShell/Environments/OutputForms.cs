using System.Collections;
using Cumulus.Engine;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Outputs of stacks in forms that scripts and build pipelines take.</summary>
internal static class OutputForms
{
    /// <param name="isOne">They are of one stack, so that keys alone tell them apart.</param>
    public static Hashtable Table(IEnumerable<StackOutput> outputs, bool isOne)
    {
        var table = new Hashtable();
        foreach (StackOutput output in outputs) table[isOne ? output.Key : $"{output.Name}.{output.Key}"] = output.Value;
        return table;
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/>: a value has several lines, which no such file can hold.</exception>
    public static IEnumerable<string> Variables(IEnumerable<StackOutput> outputs) => outputs.Select(output =>
    {
        if (!output.Value.Contains('\n', StringComparison.Ordinal)) return $"{Name(output.Name)}_{Name(output.Key)}={output.Value}";
        throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, $"Output {output.Key} of stack '{output.StackName}' has several lines, which a line NAME=VALUE cannot hold.")
        { Target = output.Key, Advice = "Take it with -AsHashtable." };
    });

    private static string Name(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
