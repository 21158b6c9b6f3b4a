using System.Collections.ObjectModel;
using System.Reflection;

namespace Cumulus.Console.Catalog;

/// <summary>
/// Reads attributes as metadata. Here the assembly that defines them is a reference assembly: an instance of an attribute
/// would answer nothing.
/// </summary>
internal static class AttributeData
{
    private const string PowerShellNamespace = "System.Management.Automation.";

    /// <param name="shortName">Of an attribute of PowerShell, without <c>Attribute</c>.</param>
    public static CustomAttributeData? Find(MemberInfo member, string shortName) =>
        All(member).FirstOrDefault(a => Is(a, shortName));

    public static IReadOnlyList<CustomAttributeData> All(MemberInfo member) => (IReadOnlyList<CustomAttributeData>)member.GetCustomAttributesData();

    public static bool Is(CustomAttributeData attribute, string shortName) =>
        attribute.AttributeType.FullName is { } name
        && name.Length == PowerShellNamespace.Length + shortName.Length + "Attribute".Length
        && name.StartsWith(PowerShellNamespace, StringComparison.Ordinal)
        && string.CompareOrdinal(name, PowerShellNamespace.Length, shortName, 0, shortName.Length) == 0;

    public static T? Named<T>(CustomAttributeData attribute, string name, T? otherwise = default)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.MemberName == name)
            {
                return (T?)argument.TypedValue.Value;
            }
        }

        return otherwise;
    }

    /// <summary>Items of an array argument; the one value of an argument that is none.</summary>
    public static IEnumerable<object?> Items(CustomAttributeTypedArgument argument) =>
        argument.Value is ReadOnlyCollection<CustomAttributeTypedArgument> items
            ? items.Select(item => item.Value)
            : [argument.Value];
}
