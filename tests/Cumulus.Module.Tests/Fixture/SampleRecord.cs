using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Cumulus.Fixture;

/// <summary>Makes an object of any record with something in each property, as deep as it goes.</summary>
public static class SampleRecord
{
    private const int Deepest = 12;

    /// <exception cref="InvalidOperationException">The type goes on without an end: a cycle.</exception>
    public static object Make(Type type) => Value(type, type.Name, 0)!;

    private static object? Value(Type type, string name, int depth)
    {
        if (depth > Deepest) throw new InvalidOperationException($"'{name}' is {Deepest} levels deep: a record that holds records like itself has no sensible JSON.");
        Type given = Nullable.GetUnderlyingType(type) ?? type;
        if (given == typeof(string) || given == typeof(object)) return Text(name);
        if (given == typeof(Version)) return new Version(1, 2, 3);
        if (given == typeof(Uri)) return new Uri("http://localhost/");
        if (given.IsEnum) return Enum.GetValues(given).GetValue(Enum.GetValues(given).Length - 1);
        if (given == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        if (given == typeof(DateTime)) return new DateTime(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
        if (given == typeof(TimeSpan)) return TimeSpan.FromSeconds(87);
        if (given == typeof(bool)) return true;
        if (given.IsPrimitive || given == typeof(decimal)) return Convert.ChangeType(42, given, System.Globalization.CultureInfo.InvariantCulture);
        if (given.IsGenericType && given.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)) return Activator.CreateInstance(given, given.GetGenericArguments().Select((part, i) => Value(part, i == 0 ? "key" : name, depth + 1)).ToArray());
        if (given.IsArray) return Filled(given.GetElementType()!, name, depth);
        if (typeof(IEnumerable).IsAssignableFrom(given)) return Collection(given, name, depth);
        return Record(given.IsAbstract ? Kinds(given)[0] : given, depth);
    }

    private static Type[] Kinds(Type type) => [.. type.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(type)).OrderBy(t => t.Name, StringComparer.Ordinal)];

    // Names are as long as people make them; what has no usual length comes last in a table and may be cut.
    private static string Text(string name) => name switch
    {
        "Environment" => "production",
        "Version" => "12.10.3",
        "Region" => "ap-southeast-2",
        "Bucket" => "acme-bundles",
        "Status" => "UPDATE_ROLLBACK_COMPLETE",
        "InstanceId" => "i-0123456789abcdef0",
        "StackName" => "production-web",
        "Name" or "Bundle" or "Stack" => "webshop",
        "Host" => "ip-10-0-12-34",
        "Outcome" => "TakenBack",
        _ => $"a {name.ToLowerInvariant()} of some length",
    };

    private static object Collection(Type type, string name, int depth)
    {
        if (type.GetInterfaces().Append(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)) is { } table)
        {
            Type[] parts = table.GetGenericArguments();
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(parts))!;
            dictionary[Value(parts[0], "key", depth + 1)!] = Value(parts[1], name, depth + 1);
            return dictionary;
        }

        Type element = type.GetInterfaces().Append(type).First(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>)).GetGenericArguments()[0];
        Array items = Filled(element, name, depth);
        return type.IsAssignableFrom(items.GetType()) ? items : Activator.CreateInstance(type, items)!;
    }

    private static Array Filled(Type element, string name, int depth)
    {
        var items = Array.CreateInstance(element, 1);
        items.SetValue(Value(element, name, depth + 1), 0);
        return items;
    }

    private static object Record(Type type, int depth)
    {
        object record = RuntimeHelpers.GetUninitializedObject(type);
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
        {
            MethodInfo? setter = property.GetSetMethod(nonPublic: true);
            FieldInfo? field = type.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic);
            if (setter is null && field is null) continue;
            object? value = Value(property.PropertyType, property.Name, depth + 1);
            if (field is not null) field.SetValue(record, value);
            else setter!.Invoke(record, [value]);
        }

        return record;
    }
}
