using System.Text.RegularExpressions;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>
/// What <c>${...}</c> stands for in YAML: a variable of the configuration, <c>${environment}</c>, a variable of the process (<c>${env:NAME}</c>), a dynamic
/// reference that CloudFormation resolves (<c>${ssm:...}</c>, <c>${ssm-secure:...}</c>, <c>${secretsmanager:...}</c>), or an output of another stack
/// (<c>${stack.Output}</c>).
/// </summary>
/// <param name="variables">Values as they are written, nearest definition only.</param>
/// <param name="process">Value of an environment variable; null when it is not set.</param>
/// <param name="environment">Name of the environment; null outside of one.</param>
/// <param name="undefined">Called for a variable that nobody defines, which then stays as it is written; null: that is an error.</param>
internal sealed partial class VariableScope(
    IReadOnlyDictionary<string, SettingItem> variables, Func<string, string?> process, string? environment, Action<SettingItem, SettingContext, string>? undefined = null)
{
    public const string EnvironmentName = "environment";

    // Enough for any configuration, and an end to variables that multiply.
    private const int MaximumLength = 100_000;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    private static readonly string[] DynamicServices = ["ssm", "ssm-secure", "secretsmanager"];

    private readonly Dictionary<string, IReadOnlyList<LinkedPart>> _known = [];

    public static bool IsVariableName(string name) => VariableName().IsMatch(name);

    /// <summary>The item with everything put in that can be; with <see cref="SettingItem.Link"/> when outputs of stacks are left. Null, and an error, when it cannot be done.</summary>
    public SettingItem? Expand(SettingItem item, SettingContext context)
    {
        if (!item.Text.Contains("${", StringComparison.Ordinal)) return item;
        var parts = new PartList();
        if (Expand(item, parts, context, []) is { } problem)
        {
            context.Problems.Error(item.Place, context.Option, problem.Message, problem.Suggestion);
            return null;
        }

        if (parts.HasOutputs && !context.AllowsOutputs)
        {
            context.Problems.Error(item.Place, context.Option, "Outputs of stacks can stand in parameters of stacks only.");
            return null;
        }

        return parts.HasOutputs ? item with { Link = new LinkedValue(parts.Parts) } : item with { Text = parts.Text };
    }

    private Failure? Expand(SettingItem item, PartList parts, SettingContext context, List<string> open)
    {
        if (Substitution.Parse(item.Text) is not { } pieces) return new Failure("A '${' has no '}'. Write '$${' for the characters themselves.");
        foreach (Substitution.Piece piece in pieces)
        {
            if (!piece.IsReference) parts.Add(piece.Text);
            else if (Reference(piece.Text, item, parts, context, open) is { } problem) return problem;
            if (parts.Length > MaximumLength) return new Failure("With its variables put in, the value is too long.");
        }

        return null;
    }

    private Failure? Reference(string name, SettingItem item, PartList parts, SettingContext context, List<string> open)
    {
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0) return Prefixed(name[..colon], name[(colon + 1)..], item, parts, context);
        if (OutputName().Match(name) is { Success: true } output)
        {
            parts.Add(new OutputReference(output.Groups["stack"].Value, output.Groups["output"].Value));
            return null;
        }

        if (!IsVariableName(name))
            return new Failure($"'${{{name}}}' is neither a variable nor an output of a stack. Write '${{name}}' or '${{stack.Output}}', and '$${{' for the characters themselves.");
        if (name == EnvironmentName && environment is not null)
        {
            parts.Add(environment);
            return null;
        }

        return Variable(name, item, parts, context, open);
    }

    private Failure? Variable(string name, SettingItem item, PartList parts, SettingContext context, List<string> open)
    {
        if (open.Contains(name)) return new Failure($"The variable '{name}' leads in a circle: {string.Join(", ", open.Append(name))}.");
        if (!variables.TryGetValue(name, out SettingItem? value)) return Undefined(name, item, parts, context, $"There is no variable '{name}'.", NearestName.Of(name, variables.Keys.Append(EnvironmentName)));
        if (!_known.TryGetValue(name, out IReadOnlyList<LinkedPart>? known))
        {
            var own = new PartList();
            open.Add(name);
            Failure? problem = Expand(value, own, context, open);
            open.RemoveAt(open.Count - 1);
            if (problem is not null) return problem;
            _known[name] = known = own.Parts;
        }

        parts.Add(known);
        return null;
    }

    private Failure? Prefixed(string prefix, string name, SettingItem item, PartList parts, SettingContext context)
    {
        if (DynamicServices.Contains(prefix))
        {
            parts.Add($"{{{{resolve:{prefix}:{name}}}}}");
            return null;
        }

        if (prefix != "env") return new Failure($"'${{{prefix}:...}}' is not known. Known: env, {string.Join(", ", DynamicServices)}.", NearestName.Of(prefix, ["env", .. DynamicServices]));
        if (process(name) is not { } value) return Undefined($"env:{name}", item, parts, context, $"The environment variable '{name}' is not set.", null);
        parts.Add(value);
        return null;
    }

    private Failure? Undefined(string name, SettingItem item, PartList parts, SettingContext context, string message, string? nearest)
    {
        if (undefined is null) return new Failure($"{message}{ProblemCollector.DidYouMean(nearest)}", nearest);
        undefined(item, context, message);
        parts.Add($"${{{name}}}");
        return null;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    // Names of outputs: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
    [GeneratedRegex(@"\A(?<stack>[A-Za-z0-9_][A-Za-z0-9_+-]*)\.(?<output>[A-Za-z0-9]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OutputName();

    private sealed record Failure(string Message, string? Suggestion = null);

    private sealed class PartList
    {
        private readonly List<LinkedPart> _parts = [];

        public IReadOnlyList<LinkedPart> Parts => _parts;

        public int Length { get; private set; }

        public bool HasOutputs => _parts.Exists(p => p.Output is not null);

        public string Text => string.Concat(_parts.Select(p => p.Text));

        public void Add(string text)
        {
            Length += text.Length;
            if (_parts is [.., { Text: { } last }]) _parts[^1] = new LinkedPart(last + text, null);
            else _parts.Add(new LinkedPart(text, null));
        }

        public void Add(OutputReference output)
        {
            Length++;
            _parts.Add(new LinkedPart(null, output));
        }

        public void Add(IEnumerable<LinkedPart> parts)
        {
            foreach (LinkedPart part in parts)
            {
                if (part.Output is { } output) Add(output);
                else Add(part.Text!);
            }
        }
    }
}
