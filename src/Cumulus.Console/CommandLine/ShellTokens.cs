namespace Cumulus.Console.CommandLine;

/// <summary>Tokens of a line that a shell has cut into arguments already: <c>cumulus A -Name value '|' B</c>.</summary>
public static class ShellTokens
{
    public static IReadOnlyList<Token> Of(IReadOnlyList<string> arguments)
    {
        var tokens = new List<Token>(arguments.Count);
        bool valuesOnly = false;
        foreach (string text in arguments)
        {
            Token token = text switch
            {
                "|" => new PipeToken(),
                "--" when !valuesOnly => new EndOfParametersToken(),
                _ when !valuesOnly && LineReader.StartsParameter(text, 0) => Parameter(text),
                _ => new ValueToken(new ShellArgument(text)),
            };
            valuesOnly = token switch
            {
                PipeToken => false,
                EndOfParametersToken => true,
                _ => valuesOnly,
            };
            tokens.Add(token);
        }

        return tokens;
    }

    private static ParameterToken Parameter(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new ParameterToken(text[1..], null, text)
            : new ParameterToken(text[1..colon], new ShellArgument(text[(colon + 1)..]), text);
    }
}
