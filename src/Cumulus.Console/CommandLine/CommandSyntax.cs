namespace Cumulus.Console.CommandLine;

/// <summary>One command of a pipeline: its name and what was given to it, unbound.</summary>
public sealed record CommandSyntax(string Name, IReadOnlyList<Token> Arguments)
{
    /// <summary>Cuts the tokens of a line at its pipes.</summary>
    /// <exception cref="UsageException">A command is missing before, between or after the pipes.</exception>
    public static IReadOnlyList<CommandSyntax> Split(IReadOnlyList<Token> tokens)
    {
        var commands = new List<CommandSyntax>();
        int start = 0;
        for (int i = 0; i <= tokens.Count; i++)
        {
            if (i < tokens.Count && tokens[i] is not PipeToken)
            {
                continue;
            }

            commands.Add(Of(tokens, start, i));
            start = i + 1;
        }

        return commands;
    }

    private static CommandSyntax Of(IReadOnlyList<Token> tokens, int start, int end)
    {
        if (start == end)
        {
            throw new UsageException(start == 0 ? "a command is missing before '|'" : "a command is missing after '|'");
        }

        return tokens[start] is ValueToken name
            ? new CommandSyntax(name.Text, tokens.Skip(start + 1).Take(end - start - 1).ToList())
            : throw new UsageException($"'{tokens[start].Text}' stands where the name of a command is expected");
    }
}
