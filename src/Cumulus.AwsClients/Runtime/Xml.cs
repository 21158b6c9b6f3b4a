using System.Globalization;
using System.Xml.Linq;

namespace Cumulus.AwsClients;

/// <summary>Reads values out of XML answers. Element names are compared without their namespace.</summary>
internal static class Xml
{
    public static XElement? Child(XElement? element, string name) => element?.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    public static string? String(XElement? element) => element?.Value;

    public static int? Int(XElement? element) => element is { Value.Length: > 0 } ? int.Parse(element.Value, CultureInfo.InvariantCulture) : null;

    public static long? Long(XElement? element) => element is { Value.Length: > 0 } ? long.Parse(element.Value, CultureInfo.InvariantCulture) : null;

    public static float? Float(XElement? element) => element is { Value.Length: > 0 } ? float.Parse(element.Value, CultureInfo.InvariantCulture) : null;

    public static double? Double(XElement? element) => element is { Value.Length: > 0 } ? double.Parse(element.Value, CultureInfo.InvariantCulture) : null;

    public static bool? Bool(XElement? element) => element is { Value.Length: > 0 } ? bool.Parse(element.Value) : null;

    public static DateTime? Time(XElement? element) => element is { Value.Length: > 0 } ? Timestamps.FromIso8601(element.Value) : null;

    public static MemoryStream? Blob(XElement? element) => element == null ? null : new MemoryStream(Convert.FromBase64String(element.Value));

    public static T Shape<T>(XElement element) where T : IXmlShape, new()
    {
        var shape = new T();
        shape.Read(element);
        return shape;
    }

    /// <summary>Adds the items of a list. As in the official packages an empty element leaves the property null.</summary>
    public static List<T>? List<T>(List<T>? list, XElement element, string item, Func<XElement, T> read)
    {
        foreach (var child in element.Elements())
        {
            if (child.Name.LocalName == item)
                (list ??= []).Add(read(child));
        }
        return list;
    }

    /// <summary>Adds one item of a flattened list, whose items stand side by side without an element around them.</summary>
    public static List<T> Append<T>(List<T>? list, XElement item, Func<XElement, T> read)
    {
        list ??= [];
        list.Add(read(item));
        return list;
    }

    public static Dictionary<string, T>? Map<T>(XElement element, string keyName, string valueName, Func<XElement, T> read)
    {
        Dictionary<string, T>? map = null;
        foreach (var entry in element.Elements())
        {
            if (entry.Name.LocalName == "entry" && Child(entry, keyName) is { } key && Child(entry, valueName) is { } value)
                (map ??= [])[key.Value] = read(value);
        }
        return map;
    }
}
