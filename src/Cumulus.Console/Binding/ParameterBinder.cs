using System.Collections;
using Cumulus.Console.Catalog;
using Cumulus.Console.CommandLine;

namespace Cumulus.Console.Binding;

/// <summary>Puts what was given on the line into parameters and finds the parameter set that is meant, as PowerShell would.</summary>
internal static class ParameterBinder
{
    /// <param name="recordsFollow">A command before this one feeds it: what is still missing may come with each record.</param>
    /// <exception cref="UsageException">It does not fit. The message names the parameter and, where there is one, the nearest name.</exception>
    public static BoundCommand Bind(CommandDescription command, IReadOnlyList<Token> tokens, bool recordsFollow)
    {
        var given = GivenParameters.Of(command, tokens);
        if (recordsFollow && !command.TakesPipeline)
        {
            throw new UsageException(command.Name, "it takes nothing from the command before it");
        }

        var attempts = command.Sets.Select(set => SetAttempt.Of(command, given, set, recordsFollow)).ToList();
        var fits = attempts.Where(a => a.Failure is null).ToList();
        return fits.Count > 0
            ? new BoundCommand(command, fits[0].Values, Candidates(command, fits, recordsFollow), given.Common)
            : throw new UsageException(command.Name, Reason(command, attempts, given));
    }

    /// <summary>Converts a value and checks it against the attributes of its parameter.</summary>
    /// <exception cref="ValueException">It does not fit.</exception>
    public static void Check(ParameterDescription parameter, object? value, bool mandatory)
    {
        if (mandatory)
        {
            CheckNotEmpty(parameter, value);
        }

        foreach (var validation in parameter.Validations)
        {
            validation.Check(value);
        }
    }

    private static List<string> Candidates(CommandDescription command, List<SetAttempt> fits, bool recordsFollow)
    {
        if (recordsFollow)
        {
            return fits.Where(f => f.Values.Keys.ToHashSet().SetEquals(fits[0].Values.Keys)).Select(f => f.Set).ToList();
        }

        if (fits.Count == 1 || fits[0].Set == command.DefaultSet)
        {
            return [fits[0].Set];
        }

        throw new UsageException(command.Name, $"it is not clear which way it is meant; add one of {Distinguishing(command, fits)}");
    }

    private static string Distinguishing(CommandDescription command, List<SetAttempt> fits) => string.Join(", ", command.Parameters
        .Where(p => !p.Hidden && fits.Any(f => p.In(f.Set) is null) && fits.Any(f => p.In(f.Set) is not null))
        .Select(p => "-" + p.Name));

    // The set that was most likely meant tells the reason.
    private static string Reason(CommandDescription command, List<SetAttempt> attempts, GivenParameters given)
    {
        var possible = attempts.Where(a => a.Failure is not NotTogether).ToList();
        if (possible.Count == 0)
        {
            return $"{string.Join(" and ", given.Named.Keys.Select(p => "-" + p.Name))} cannot be used together";
        }

        if (possible.Count == 1 || possible[0].Set == command.DefaultSet)
        {
            return possible[0].Failure!.Message;
        }

        var missing = possible.Select(a => a.Failure).OfType<Missing>().ToList();
        return missing.Count > 1
            ? "missing: " + string.Join(", or ", missing.Select(m => string.Join(" and ", m.Parameters.Select(p => "-" + p.Name))).Distinct())
            : (missing.FirstOrDefault() ?? possible[0].Failure!).Message;
    }

    private static void CheckNotEmpty(ParameterDescription parameter, object? value)
    {
        switch (value)
        {
            case null when !parameter.Accepts.Null:
                throw new ValueException("the value must not be null");
            case "" when !parameter.Accepts.EmptyString:
                throw new ValueException("the value must not be empty");
            case ICollection { Count: 0 } when !parameter.Accepts.EmptyCollection && !parameter.IsTable:
                throw new ValueException("the list must not be empty");
            case IEnumerable<string> items when !parameter.Accepts.EmptyString && items.Any(string.IsNullOrEmpty):
                throw new ValueException("a value of the list is empty");
        }
    }

    private abstract record Failure(string Message);

    private sealed record NotTogether() : Failure("");

    private sealed record Unfit(string Reason) : Failure(Reason);

    private sealed record Missing(IReadOnlyList<ParameterDescription> Parameters, string Set) : Failure(
        string.Join(" and ", Parameters.Select(p => "-" + p.Name)) + (Parameters.Count == 1 ? " is missing" : " are missing")
        + (Parameters.Count == 1 && Parameters[0].In(Set)?.Help is { Length: > 0 } help ? $": {help}" : ""));

    /// <summary>The values as one parameter set would have them.</summary>
    private sealed class SetAttempt
    {
        private readonly Dictionary<ParameterDescription, object?> _values = [];

        private SetAttempt(string set) => Set = set;

        public string Set { get; }

        public IReadOnlyDictionary<ParameterDescription, object?> Values => _values;

        public Failure? Failure { get; private set; }

        public static SetAttempt Of(CommandDescription command, GivenParameters given, string set, bool recordsFollow)
        {
            var attempt = new SetAttempt(set);
            attempt.Failure = given.Named.Keys.Any(p => p.In(set) is null)
                ? new NotTogether()
                : (Failure?)(attempt.PlaceNamed(given) ?? attempt.PlacePositional(command, given)) ?? attempt.FindMissing(command, recordsFollow);
            return attempt;
        }

        private Unfit? PlaceNamed(GivenParameters given) =>
            given.Named.Select(g => Place(g.Key, g.Value)).FirstOrDefault(failure => failure is not null);

        private Unfit? PlacePositional(CommandDescription command, GivenParameters given)
        {
            var rest = new Queue<Argument>(given.Positional);
            var places = command.Parameters.Where(p => p.In(Set)?.Position is not null && !_values.ContainsKey(p)).OrderBy(p => p.In(Set)!.Position);
            foreach (var parameter in places.Where(p => !p.In(Set)!.TakesRemaining))
            {
                if (rest.Count > 0 && Place(parameter, rest.Dequeue()) is { } failure)
                {
                    return failure;
                }
            }

            if (rest.Count == 0)
            {
                return null;
            }

            var taker = command.Parameters.FirstOrDefault(p => p.In(Set)?.TakesRemaining == true && !_values.ContainsKey(p));
            return taker is null
                ? new Unfit($"'{rest.Peek().Text}' is one value too many; no parameter takes it by its place")
                : PlaceRemaining(taker, rest);
        }

        private Unfit? PlaceRemaining(ParameterDescription parameter, IEnumerable<Argument> rest)
        {
            var arguments = rest.ToList();
            if (arguments.Count == 1)
            {
                return Place(parameter, arguments[0]);
            }

            object?[] values = arguments.Select(a => a is LiteralArgument literal ? literal.Value : a.Text).ToArray();
            return Place(parameter, new LiteralArgument(string.Join(' ', arguments.Select(a => a.Text)), values));
        }

        private Unfit? Place(ParameterDescription parameter, Argument? argument)
        {
            try
            {
                object? value = argument is null ? true : ValueConverter.Convert(argument, parameter.Type);
                Check(parameter, value, mandatory: parameter.In(Set)!.Mandatory);
                _values.Add(parameter, value);
                return null;
            }
            catch (ValueException e)
            {
                return new Unfit($"-{parameter.Name}: {e.Message}");
            }
            catch (UsageException e)
            {
                return new Unfit($"-{parameter.Name}: {e.Message}");
            }
        }

        private Missing? FindMissing(CommandDescription command, bool recordsFollow)
        {
            var missing = command.Parameters
                .Where(p => p.In(Set) is { Mandatory: true } membership && !_values.ContainsKey(p) && !(recordsFollow && membership.TakesPipeline))
                .OrderBy(p => p.In(Set)!.Position ?? int.MaxValue)
                .ToList();
            return missing.Count > 0 ? new Missing(missing, Set) : null;
        }
    }
}
