using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>C# types of shapes.</summary>
internal static class Types
{
    /// <summary>Type of a property: value types are nullable, constants have their class.</summary>
    public static string Property(Member member, string ns)
    {
        var shape = member.Shape;
        if (member.Substitute == null && shape.IsEnum)
            return $"{ns}.{Names.Pascal(shape.Name)}";
        var type = Element(member);
        return IsValue(member) ? type + "?" : type;
    }

    /// <summary>Type inside a collection: constants are plain strings there.</summary>
    public static string Element(Member member) => member.Substitute is { } substitute ? Primitive(substitute.Kind) : member.Shape.Kind switch
    {
        ShapeKind.Structure => Names.Pascal(member.Shape.Name),
        ShapeKind.List => $"List<{Element(member.Shape.Item!)}>",
        ShapeKind.Map => $"Dictionary<string, {Element(member.Shape.Item!)}>",
        var kind => Primitive(kind),
    };

    /// <summary>Name of the method that reads or writes such a value.</summary>
    public static string Accessor(ShapeKind kind) => kind switch
    {
        ShapeKind.Integer => "Int",
        ShapeKind.Boolean => "Bool",
        ShapeKind.Timestamp => "Time",
        _ => kind.ToString(),
    };

    public static bool IsValue(Member member) => (member.Substitute?.Kind ?? member.Shape.Kind)
        is ShapeKind.Integer or ShapeKind.Long or ShapeKind.Float or ShapeKind.Double or ShapeKind.Boolean or ShapeKind.Timestamp;

    private static string Primitive(ShapeKind kind) => kind switch
    {
        ShapeKind.String => "string",
        ShapeKind.Integer => "int",
        ShapeKind.Long => "long",
        ShapeKind.Float => "float",
        ShapeKind.Double => "double",
        ShapeKind.Boolean => "bool",
        ShapeKind.Timestamp => "DateTime",
        ShapeKind.Blob => "MemoryStream",
        _ => throw new ModelException($"{kind} is no simple type"),
    };
}
