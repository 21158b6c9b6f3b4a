using System.Text.Json.Serialization;

namespace Cumulus.Engine.Ghost;

/// <summary>A variable that scripts get.</summary>
public sealed record EnvironmentVariable
{
    [JsonPropertyName("var_key")]
    public required string Key { get; init; }

    /// <summary>Null when it comes from <see cref="From"/>.</summary>
    [JsonPropertyName("var_value")]
    public string? Value { get; init; }

    /// <summary><c>ssm:NAME</c> or <c>secretsmanager:ID</c>: the instance fetches the value with its own role, and no document has it (G-39).</summary>
    [JsonPropertyName("var_value_from")]
    public string? From { get; init; }
}
