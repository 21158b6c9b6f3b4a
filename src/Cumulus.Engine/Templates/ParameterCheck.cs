using System.Globalization;
using System.Text.RegularExpressions;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Templates;

/// <summary>What is wrong with the parameters of a stack.</summary>
/// <param name="Parameter">Its name.</param>
/// <param name="Suggestion">The declared name, or the allowed value, that is nearest; null when none is near.</param>
public sealed record ParameterProblem(string Parameter, string Message, string? Suggestion = null);

/// <summary>
/// Compares the parameters that a configuration gives with those that a template declares, by CloudFormation's rules
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html), before anything is sent. What only the account knows -
/// whether there is such a subnet - is the service's to say.
/// </summary>
public static class ParameterCheck
{
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    private const int MaximumValueBytes = 4_096;

    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(1);

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
    private static readonly Dictionary<string, (string Prefix, string Example)> Ids = new()
    {
        ["AWS::EC2::Image::Id"] = ("ami", "ami-0ff8a91507f77f867"),
        ["AWS::EC2::Instance::Id"] = ("i", "i-1e731a32"),
        ["AWS::EC2::SecurityGroup::Id"] = ("sg", "sg-a123fd85"),
        ["AWS::EC2::Subnet::Id"] = ("subnet", "subnet-123a351e"),
        ["AWS::EC2::Volume::Id"] = ("vol", "vol-3cdd3f56"),
        ["AWS::EC2::VPC::Id"] = ("vpc", "vpc-a123baa3"),
    };

    /// <param name="automatic">Names that a deployment gives by itself when the template declares them.</param>
    public static IReadOnlyList<ParameterProblem> Check(StackDefinition stack, IReadOnlyList<DeclaredParameter> declared, IReadOnlyCollection<string> automatic)
    {
        var problems = new List<ParameterProblem>();
        Dictionary<string, DeclaredParameter> known = declared.ToDictionary(p => p.Name);
        string[] linked = [.. stack.LinkedParameters.Select(p => p.Key)];
        string[] given = [.. stack.Parameters.Select(p => p.Key), .. linked];
        foreach (string name in given.Where(n => !known.ContainsKey(n)))
        {
            string? near = NearestName.Of(name, known.Keys.Except(given));
            problems.Add(new ParameterProblem(name, $"The template declares no parameter '{name}'.{ProblemCollector.DidYouMean(near)}", near));
        }

        foreach (DeclaredParameter parameter in declared.Where(p => p.Default is null && !given.Contains(p.Name) && !automatic.Contains(p.Name)))
            problems.Add(new ParameterProblem(parameter.Name, $"The template asks for the parameter '{parameter.Name}', and it has no value."));
        foreach ((string name, string value) in stack.Parameters)
        {
            if (known.TryGetValue(name, out DeclaredParameter? parameter) && Problem(parameter, value) is { } problem) problems.Add(problem);
        }

        return problems;
    }

    /// <summary>What is wrong with a value; null when nothing is, or when only the service can tell. The value is not quoted when it is a secret.</summary>
    public static ParameterProblem? Problem(DeclaredParameter parameter, string value)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(value) > MaximumValueBytes) return Refused(parameter, FormattableString.Invariant($"has more than {MaximumValueBytes:N0} bytes"));

        // What CloudFormation looks up is not here to be looked at.
        if (value.Contains("{{resolve:", StringComparison.Ordinal) || parameter.Type.StartsWith("AWS::SSM::", StringComparison.Ordinal)) return null;
        bool isList = parameter.Type == "CommaDelimitedList" || parameter.Type.StartsWith("List<", StringComparison.Ordinal);
        string type = isList && parameter.Type.StartsWith("List<", StringComparison.Ordinal) ? parameter.Type[5..].TrimEnd('>') : parameter.Type;
        string[] values = isList ? [.. value.Split(',').Select(v => v.Trim())] : [value];
        return values.Select(v => OfType(parameter, type, v) ?? OfAllowed(parameter, v) ?? OfPattern(parameter, v)).FirstOrDefault(p => p is not null) ?? OfLength(parameter, value);
    }

    private static ParameterProblem? OfType(DeclaredParameter parameter, string type, string value)
    {
        if (type == "Number")
        {
            if (!decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)) return Refused(parameter, "has to be a number", value);
            if (parameter.MinValue is { } least && number < least) return Refused(parameter, FormattableString.Invariant($"has to be {least} or more"), value);
            return parameter.MaxValue is { } most && number > most ? Refused(parameter, FormattableString.Invariant($"has to be {most} or less"), value) : null;
        }

        return Ids.TryGetValue(type, out (string Prefix, string Example) id) && !Regex.IsMatch(value, $@"\A{id.Prefix}-[0-9a-f]{{8}}([0-9a-f]{{9}})?\z", RegexOptions.CultureInvariant)
            ? Refused(parameter, $"has to be an id of the type {type}, such as {id.Example}", value)
            : null;
    }

    private static ParameterProblem? OfAllowed(DeclaredParameter parameter, string value)
    {
        if (parameter.AllowedValues.Count == 0 || parameter.AllowedValues.Contains(value)) return null;
        string? near = parameter.NoEcho ? null : NearestName.Of(value, parameter.AllowedValues);
        ParameterProblem problem = Refused(parameter, $"has to be one of {string.Join(", ", parameter.AllowedValues)}", value);
        return problem with { Message = problem.Message + ProblemCollector.DidYouMean(near), Suggestion = near };
    }

    private static ParameterProblem? OfPattern(DeclaredParameter parameter, string value)
    {
        if (parameter.AllowedPattern is not { } pattern) return null;
        try
        {
            return Regex.IsMatch(value, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, PatternLimit) ? null : Refused(parameter, $"has to match {pattern}", value);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            // Java's expressions, which the service uses, are not all ours.
            return null;
        }
    }

    private static ParameterProblem? OfLength(DeclaredParameter parameter, string value)
    {
        if (parameter.Type != "String") return null;
        if (parameter.MinLength is { } least && value.Length < least) return Refused(parameter, FormattableString.Invariant($"has to have {least} characters or more"), value);
        return parameter.MaxLength is { } most && value.Length > most ? Refused(parameter, FormattableString.Invariant($"has to have {most} characters or fewer"), value) : null;
    }

    private static ParameterProblem Refused(DeclaredParameter parameter, string rule, string? value = null)
    {
        string shown = parameter.NoEcho || value is null ? "" : $", and is '{value}'";
        string description = parameter.ConstraintDescription is { } author ? $" ({author.Trim().TrimEnd('.')})" : "";
        return new ParameterProblem(parameter.Name, $"The parameter '{parameter.Name}' {rule}{shown}{description}.");
    }
}
