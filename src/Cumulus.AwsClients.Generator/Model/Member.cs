namespace Cumulus.AwsClients.Generator.Model;

/// <summary>A place where a shape is used: member of a structure, item of a list, key or value of a map.</summary>
internal sealed class Member(string name, Shape shape)
{
    /// <summary>Name in the model; empty for items, keys and values.</summary>
    public string Name { get; } = name;

    /// <summary>Name of the C# property.</summary>
    public string Property { get; set; } = name;

    public Shape Shape { get; } = shape;

    /// <summary>Name on the wire where it differs from <see cref="Name"/>.</summary>
    public string? LocationName { get; set; }

    /// <summary>Name in EC2 requests where it differs from <see cref="LocationName"/> too.</summary>
    public string? QueryName { get; set; }

    public bool IsFlattened { get; set; }

    public bool IsIdempotencyToken { get; set; }

    /// <summary>How a timestamp is written; null for what the protocol has by default.</summary>
    public string? TimestampFormat { get; set; }

    /// <summary>Set where the official package has the one value inside a structure in the structure's place.</summary>
    public Substitute? Substitute { get; set; }

    public string WireName => LocationName ?? Name;
}

/// <param name="Kind">Type of the property.</param>
/// <param name="InnerName">Member that holds the value on the wire; null when only the type differs.</param>
internal sealed class Substitute(ShapeKind kind, string? innerName)
{
    public ShapeKind Kind { get; } = kind;

    public string? InnerName { get; } = innerName;
}
