using System.Reflection;
using Cumulus.Console.Catalog;

namespace Cumulus.Console.Binding;

/// <summary>
/// Finds the values of one record for the parameters that the line left open. As in PowerShell: by value and by name first
/// for what fits as it is, then again with conversion.
/// </summary>
internal sealed class RecordBinder(BoundCommand bound)
{
    private readonly Dictionary<Type, Dictionary<string, PropertyInfo>> _properties = [];

    /// <exception cref="ValueException">Nothing of the record fits, or something mandatory is missing still.</exception>
    public IReadOnlyDictionary<ParameterDescription, object?> Bind(object? record)
    {
        var open = bound.Command.Parameters.Where(p => !bound.Values.ContainsKey(p)).ToList();
        var values = new Dictionary<ParameterDescription, object?>();
        var sets = bound.CandidateSets.ToList();
        var refused = new Dictionary<ParameterDescription, ValueException>();
        foreach (var (byName, converted) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            foreach (var parameter in InOrderOf(sets, open, values, byName))
            {
                try
                {
                    if (sets.Any(s => parameter.In(s) is not null) && Find(parameter, record, byName, converted) is { } found)
                    {
                        ParameterBinder.Check(parameter, found.Value, sets.Any(s => parameter.In(s) is { Mandatory: true }));
                        values.Add(parameter, found.Value);
                        sets.RemoveAll(s => parameter.In(s) is null);
                    }
                }
                catch (ValueException e)
                {
                    refused.TryAdd(parameter, new ValueException($"-{parameter.Name}: {e.Message}"));
                }
            }
        }

        if (refused.FirstOrDefault(r => !values.ContainsKey(r.Key)).Value is { } reason)
        {
            throw reason;
        }

        if (values.Count == 0)
        {
            throw new ValueException($"nothing of {Describe(record)} fits a parameter");
        }

        CheckMandatory(sets, open, values, record);
        return values;
    }

    private static List<ParameterDescription> InOrderOf(
        List<string> sets, List<ParameterDescription> open, Dictionary<ParameterDescription, object?> values, bool byName) =>
        sets.SelectMany(s => open.Where(p => p.In(s) is { } m && (byName ? m.FromPipelineByName : m.FromPipeline)))
            .Distinct().Where(p => !values.ContainsKey(p)).ToList();

    private Found? Find(ParameterDescription parameter, object? record, bool byName, bool converted)
    {
        object? value = record;
        if (byName)
        {
            if (PropertyFor(parameter, record) is not { } property)
            {
                return null;
            }

            value = property.GetValue(record);
            if (value is null)
            {
                // PowerShell binds the null too; a mandatory parameter then says so, another one stays as it was.
                return parameter.Type.IsValueType && Nullable.GetUnderlyingType(parameter.Type) is null ? null : new Found(null);
            }
        }

        if (!converted)
        {
            return value is not null && Assignable(parameter.Type).IsInstanceOfType(value) ? new Found(value)
                : value is null && !parameter.Type.IsValueType ? new Found(null) : null;
        }

        return value is null ? null : byName ? new Found(ValueConverter.Convert(value, parameter.Type)) : Converted(value, parameter.Type);
    }

    // By value a whole record would be tried on every type; that it does not fit one of them is no error.
    private static Found? Converted(object value, Type type)
    {
        try
        {
            return new Found(ValueConverter.Convert(value, type));
        }
        catch (ValueException)
        {
            return null;
        }
    }

    private static Type Assignable(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private PropertyInfo? PropertyFor(ParameterDescription parameter, object? record)
    {
        if (record is null)
        {
            return null;
        }

        if (!_properties.TryGetValue(record.GetType(), out var properties))
        {
            properties = RecordProperties.Of(record.GetType()).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
            _properties.Add(record.GetType(), properties);
        }

        return parameter.Names.Select(name => properties.GetValueOrDefault(name)).FirstOrDefault(p => p is not null);
    }

    private static void CheckMandatory(
        List<string> sets,
        List<ParameterDescription> open,
        Dictionary<ParameterDescription, object?> values,
        object? record)
    {
        var missing = sets
            .Select(s => open.Where(p => p.In(s) is { Mandatory: true } && !values.ContainsKey(p)).ToList())
            .MinBy(m => m.Count)!;
        if (missing.Count > 0)
        {
            throw new ValueException($"{Describe(record)} does not give -{missing[0].Name}");
        }
    }

    private static string Describe(object? record) => record is null ? "a null" : $"the {record.GetType().Name}";

    private sealed record Found(object? Value);
}
