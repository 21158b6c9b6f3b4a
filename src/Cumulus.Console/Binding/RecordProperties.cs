using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Cumulus.Console.Binding;

/// <summary>The public properties of a record: what the next command binds by name and what is shown.</summary>
internal static class RecordProperties
{
    public static IReadOnlyList<PropertyInfo> Of(Type type)
    {
        var byName = new Dictionary<string, PropertyInfo>(StringComparer.OrdinalIgnoreCase);
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var property in level.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if (property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
                {
                    byName.TryAdd(property.Name, property);
                }
            }
        }

        return type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(p => byName.GetValueOrDefault(p.Name)).OfType<PropertyInfo>().Distinct().ToList();
    }

    /// <summary>Those that a type lets be seen: a secret carries <see cref="JsonIgnoreAttribute"/> or is hidden from debuggers.</summary>
    public static IReadOnlyList<PropertyInfo> Shown(Type type) => Of(type).Where(p => !IsHidden(p)).ToList();

    private static bool IsHidden(PropertyInfo property) =>
        property.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always }
        || property.GetCustomAttribute<DebuggerBrowsableAttribute>() is { State: DebuggerBrowsableState.Never };
}
