namespace Cumulus.Console.Tests.Fixtures;

public enum Ripeness
{
    Green,
    Ripe,
    Rotten,
}

public record Fruit
{
    public required string Name { get; init; }

    public int Weight { get; init; }

    public Ripeness Ripeness { get; init; }

    public DateTimeOffset? Picked { get; init; }
}

/// <summary>Has no property that fits anything.</summary>
public sealed record Stone(double Carat);

public sealed record Labelled(string Name, string? Text, int? Grams);

public sealed record WideRecord
{
    public string A { get; init; } = "1";

    public string B { get; init; } = "2";

    public string C { get; init; } = "line one\nline two";

    public string[] D { get; init; } = ["x", "y"];

    public TimeSpan E { get; init; } = TimeSpan.FromSeconds(90);

    public double F { get; init; } = 1.5;

    [System.Text.Json.Serialization.JsonIgnore]
    public string Secret { get; init; } = "hunter2";
}

public sealed record Viewed(string Title, long Size, string Other);
