using System.Globalization;
using System.Text.RegularExpressions;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>
/// Which value each parameter gets, and which are refused
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
/// </summary>
internal static class ParameterRules
{
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);

    /// <param name="given">Values of the request; null stands for "use the previous value".</param>
    /// <param name="previous">Values that the stack has.</param>
    /// <exception cref="TemplateException">A value is missing, unknown or against its rule.</exception>
    public static IReadOnlyDictionary<string, string> Resolve(
        Template template, IReadOnlyDictionary<string, string?> given, IReadOnlyDictionary<string, string> previous)
    {
        var unknown = given.Keys.Except(template.Parameters.Select(parameter => parameter.Key)).ToList();
        if (unknown.Count > 0)
            throw new TemplateException($"Parameters: [{string.Join(", ", unknown)}] do not exist in the template");
        var values = new Dictionary<string, string>();
        var missing = new List<string>();
        foreach (var parameter in template.Parameters)
        {
            var isGiven = given.TryGetValue(parameter.Key, out var text);
            var value = isGiven ? text ?? previous.GetValueOrDefault(parameter.Key) : parameter.Default;
            if (value is null)
                missing.Add(parameter.Key);
            else
                values[parameter.Key] = value;
        }
        if (missing.Count > 0)
            throw new TemplateException($"Parameters: [{string.Join(", ", missing)}] must have values");
        foreach (var parameter in template.Parameters.Where(parameter => !IsUnknown(values[parameter.Key])))
            Check(parameter, values[parameter.Key]);
        return values;
    }

    /// <summary>Of a nested stack in a change set: what only the execution tells.</summary>
    public static bool IsUnknown(string value) => value.Contains("{{changeSet:", StringComparison.Ordinal);

    private static void Check(TemplateParameter parameter, string value)
    {
        if (parameter.AllowedValues is { Count: > 0 } allowed && (parameter.IsList ? value.Split(',').Select(item => item.Trim()) : [value]).Any(item => !allowed.Contains(item)))
            throw Refused(parameter, $"must be one of AllowedValues");
        if (parameter.IsFromStore)
            return;
        if (Text(parameter, "AllowedPattern") is { } pattern && !Fits(value, pattern))
            throw Refused(parameter, $"must match pattern {pattern}");
        if (Number(parameter, "MinLength") is { } least && value.Length < least)
            throw Refused(parameter, $"must contain at least {Text(parameter, "MinLength")} characters");
        if (Number(parameter, "MaxLength") is { } most && value.Length > most)
            throw Refused(parameter, $"must contain at most {Text(parameter, "MaxLength")} characters");
        if (parameter.ValueType is "Number" or "List<Number>")
            CheckNumbers(parameter, value);
    }

    private static void CheckNumbers(TemplateParameter parameter, string value)
    {
        foreach (var item in parameter.IsList ? value.Split(',') : [value])
        {
            if (!decimal.TryParse(item, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                throw new TemplateException($"Parameter '{parameter.Key}' must be a number");
            if (Number(parameter, "MinValue") is { } least && number < least)
                throw Refused(parameter, $"must be a number not less than {Text(parameter, "MinValue")}");
            if (Number(parameter, "MaxValue") is { } most && number > most)
                throw Refused(parameter, $"must be a number not greater than {Text(parameter, "MaxValue")}");
        }
    }

    private static bool Fits(string value, string pattern)
    {
        try
        {
            return Regex.IsMatch(value, $"^(?:{pattern})$", RegexOptions.None, PatternLimit);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            throw new TemplateException($"Template format error: the AllowedPattern {pattern} cannot be used: {e.Message}", e);
        }
    }

    private static TemplateException Refused(TemplateParameter parameter, string rule) =>
        new(Text(parameter, "ConstraintDescription") is { } words
            ? $"Parameter {parameter.Key} failed to satisfy constraint: {words}"
            : $"Parameter '{parameter.Key}' {rule}");

    private static string? Text(TemplateParameter parameter, string name) => TemplateValue.Text(parameter.Declaration, name);

    private static decimal? Number(TemplateParameter parameter, string name) =>
        decimal.TryParse(Text(parameter, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
