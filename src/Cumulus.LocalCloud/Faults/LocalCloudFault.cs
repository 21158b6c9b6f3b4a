using System.Text.Json.Serialization;

namespace Cumulus.LocalCloud;

/// <summary>
/// Something that goes wrong in a local cloud because it was told to. Faults add up; of those that fit, the first whose turn it is happens.
/// What a fault does not name fits everything; names may have wildcards (<c>*</c>, <c>?</c>, <c>[a-c]</c>), and case does not matter.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "on")]
[JsonDerivedType(typeof(CallFault), "call")]
[JsonDerivedType(typeof(StackFault), "stack")]
[JsonDerivedType(typeof(HostFault), "host")]
public abstract record LocalCloudFault
{
    /// <summary>By which it is listed and removed. One of the same id is replaced. Null: the cloud gives it one.</summary>
    public string? Id { get; init; }

    /// <summary>This many that fit are let through first: 2 spares the first two.</summary>
    public int After { get; init; }

    /// <summary>It happens this often, then no more; null: always.</summary>
    public int? Times { get; init; }

    /// <summary>From above 0 to 1: how likely it happens each time; null: surely.</summary>
    public double? Probability { get; init; }

    /// <summary>With the same seed and the same order of things the same ones are met.</summary>
    public int Seed { get; init; }

    /// <summary>What it is about, for a person: <c>s3 PutObject bundles/*</c>.</summary>
    public abstract string Subject { get; }

    /// <summary>How many fitted so far; the cloud counts.</summary>
    public int Met { get; init; }

    /// <summary>How often it has happened; the cloud counts.</summary>
    public int Fired { get; init; }

    /// <summary>Why it cannot be set, as a sentence; null when it can.</summary>
    internal virtual string? Mistake() =>
        After < 0 ? "After is not negative."
        : Times is < 1 ? "Times is 1 or more."
        : Probability is <= 0 or > 1 ? "Probability is above 0 and at most 1."
        : null;

    private protected static string Words(string all, params string?[] names) =>
        names.OfType<string>().ToList() is { Count: > 0 } given ? string.Join(' ', given) : all;
}
