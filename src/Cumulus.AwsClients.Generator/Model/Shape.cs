using System.Collections.Generic;

namespace Cumulus.AwsClients.Generator.Model;

internal enum ShapeKind
{
    Structure,
    List,
    Map,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
    Blob,
}

/// <summary>A type of the service model. A list has <see cref="Item"/> alone, a map <see cref="Key"/> and <see cref="Item"/>.</summary>
internal sealed class Shape(string name, ShapeKind kind)
{
    public string Name { get; } = name;

    public ShapeKind Kind { get; } = kind;

    public IReadOnlyList<Member> Members { get; set; } = [];

    public Member? Key { get; set; }

    public Member? Item { get; set; }

    public IReadOnlyList<string> EnumValues { get; set; } = [];

    public bool IsException { get; set; }

    /// <summary>What the service answers as error code: the shape's name unless the model says otherwise.</summary>
    public string ErrorCode { get; set; } = name;

    public bool IsEnum => EnumValues.Count > 0;
}
