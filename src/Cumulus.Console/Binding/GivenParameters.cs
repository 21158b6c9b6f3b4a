using Cumulus.Console.Catalog;
using Cumulus.Console.CommandLine;
using Cumulus.Engine;

namespace Cumulus.Console.Binding;

/// <summary>What was given to a command, sorted by name and by place; types and parameter sets come later.</summary>
internal sealed class GivenParameters
{
    private readonly CommandDescription _command;
    private readonly Dictionary<ParameterDescription, Argument?> _named = [];
    private readonly HashSet<string> _commonNames = [];
    private readonly List<Argument> _positional = [];

    private GivenParameters(CommandDescription command) => _command = command;

    /// <summary>The value is null for a switch that was given bare.</summary>
    public IReadOnlyDictionary<ParameterDescription, Argument?> Named => _named;

    public IReadOnlyList<Argument> Positional => _positional;

    public CommonParameters Common { get; private set; } = new();

    /// <exception cref="UsageException">A parameter is unknown, ambiguous, given twice or without its value.</exception>
    public static GivenParameters Of(CommandDescription command, IReadOnlyList<Token> tokens)
    {
        var given = new GivenParameters(command);
        bool valuesOnly = false;
        for (int i = 0; i < tokens.Count; i++)
        {
            switch (tokens[i])
            {
                case EndOfParametersToken:
                    valuesOnly = true;
                    break;
                case ParameterToken parameter when !valuesOnly:
                    bool tookNext = given.Take(parameter, i + 1 < tokens.Count ? tokens[i + 1] : null);
                    i += tookNext ? 1 : 0;
                    break;
                case ValueToken value:
                    given._positional.Add(value.Argument);
                    break;
                case var other:
                    given._positional.Add(new LiteralArgument(other.Text, other.Text));
                    break;
            }
        }

        return given;
    }

    private bool Take(ParameterToken token, Token? next)
    {
        var found = Find(token.Name);
        bool isSwitch = found.Parameter?.IsSwitch ?? CommonParameters.IsSwitch(found.Common!);
        string name = found.Parameter?.Name ?? found.Common!;
        bool takesNext = !isSwitch && token.Attached is null;
        var value = takesNext ? ValueAfter(name, next) : token.Attached;
        if (found.Parameter is { } parameter ? !_named.TryAdd(parameter, value) : !_commonNames.Add(name))
        {
            throw Misused($"-{name} is given twice");
        }

        if (found.Parameter is null)
        {
            Common = WithCommon(name, value);
        }

        return takesNext;
    }

    private CommonParameters WithCommon(string name, Argument? value)
    {
        try
        {
            return Common.With(name, value);
        }
        catch (ValueException e)
        {
            throw Misused($"-{name}: {e.Message}");
        }
    }

    private Argument ValueAfter(string name, Token? next)
    {
        if (CommonParameters.Exact(name, supportsShouldProcess: true) is { } common && !_command.Parameters.Any(p => p.Name == name))
        {
            CheckAvailable(common);
        }

        return next switch
        {
            ValueToken value => value.Argument,
            // A value such as -5, or a parameter whose value was forgotten before it?
            ParameterToken parameter when Candidates(parameter.Name).Count == 0 => new LiteralArgument(parameter.Text, parameter.Text),
            null => throw Misused($"a value is missing after -{name}"),
            _ => throw Misused($"a value is missing after -{name}, before {next.Text}; a value that looks like a parameter is given as -{name}:VALUE"),
        };
    }

    private void CheckAvailable(string common)
    {
        try
        {
            CommonParameters.CheckAvailable(common);
        }
        catch (ValueException e)
        {
            throw Misused($"-{common}: {e.Message}");
        }
    }

    private Candidate Find(string typed)
    {
        var candidates = Candidates(typed);
        return candidates.Count switch
        {
            1 => candidates[0],
            0 => throw Unknown(typed),
            _ => throw Misused($"-{typed} is ambiguous: {string.Join(", ", candidates.Select(c => "-" + (c.Parameter?.Name ?? c.Common)))}"),
        };
    }

    private List<Candidate> Candidates(string typed)
    {
        var own = _command.Parameters.Where(p => p.Names.Contains(typed, StringComparer.OrdinalIgnoreCase)).ToList();
        if (own.Count > 0)
        {
            return [new Candidate(own[0], null)];
        }

        if (CommonParameters.Exact(typed, _command.SupportsShouldProcess) is { } exact)
        {
            return [new Candidate(null, exact)];
        }

        bool Begins(string name) => typed.Length > 0 && name.StartsWith(typed, StringComparison.OrdinalIgnoreCase);
        var begun = _command.Parameters.Where(p => p.Names.Any(Begins)).Select(p => new Candidate(p, null)).ToList();
        var common = CommonParameters.Names(_command.SupportsShouldProcess).Where(Begins).Select(name => new Candidate(null, name));
        return begun.Count == 1 ? begun : [.. begun, .. common];
    }

    private UsageException Unknown(string typed)
    {
        if (CommonParameters.Exact(typed, supportsShouldProcess: true) is { } confirming)
        {
            return Misused($"-{confirming} has no meaning here: the command changes nothing that it could ask about");
        }

        var names = _command.Parameters.Where(p => !p.Hidden).SelectMany(p => p.Names)
            .Concat(CommonParameters.Names(_command.SupportsShouldProcess)).Append("Output");
        string hint = NearestName.Of(typed.TrimStart('-').Split('=')[0], names) is { } near
            ? $"did you mean -{near}?"
            : $"'cumulus help {_command.Name}' lists them";
        return Misused($"there is no parameter -{typed}; {hint}");
    }

    private UsageException Misused(string message) => new(_command.Name, message);

    /// <summary>One of the two is null.</summary>
    private sealed record Candidate(ParameterDescription? Parameter, string? Common);
}
