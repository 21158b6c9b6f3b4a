using Cumulus.Console.Binding;
using Cumulus.Console.CommandLine;
using Cumulus.Console.Rendering;

namespace Cumulus.Console;

/// <summary>The console's own option <c>-Output</c>, which may stand anywhere on the line.</summary>
internal static class OutputOption
{
    private const string Name = "Output";

    /// <summary>Takes the option out of the tokens.</summary>
    /// <returns>Null when it was not given.</returns>
    /// <exception cref="UsageException">It has no value, or one that is no format.</exception>
    public static OutputFormat? Take(List<Token> tokens)
    {
        OutputFormat? format = null;
        int at;
        while ((at = tokens.FindIndex(IsOption)) >= 0)
        {
            var attached = ((ParameterToken)tokens[at]).Attached;
            var value = attached ?? (at + 1 < tokens.Count ? (tokens[at + 1] as ValueToken)?.Argument : null);
            format = Parse(value);
            tokens.RemoveRange(at, attached is null ? 2 : 1);
        }

        return format;
    }

    private static bool IsOption(Token token) => token is ParameterToken { Name: var name } && name.Equals(Name, StringComparison.OrdinalIgnoreCase);

    private static OutputFormat Parse(Argument? value)
    {
        if (value is null)
        {
            throw new UsageException("a value is missing after -Output: table, list, json or yaml");
        }

        try
        {
            return (OutputFormat)ValueConverter.Convert(value, typeof(OutputFormat))!;
        }
        catch (ValueException e)
        {
            throw new UsageException($"-Output: {e.Message}");
        }
    }
}
