using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Ghost;

/// <summary>Which applications a person means: wildcards in each part.</summary>
/// <param name="Colour">Null: any, and those without.</param>
public sealed record ApplicationPattern(string Name = "*", string Env = "*", string Role = "*", string? Colour = null)
{
    /// <summary>All parts are plain, so that there is at most one of each colour.</summary>
    public bool IsExact => !NamePattern.HasWildcard(Name) && !NamePattern.HasWildcard(Env) && !NamePattern.HasWildcard(Role);

    public bool Matches(ApplicationKey key) =>
        Part(Name, key.Name) && Part(Env, key.Env) && Part(Role, key.Role) && (Colour is null || (key.Colour is { } colour && Part(Colour, colour)));

    public override string ToString() => Colour is null ? $"{Name}/{Env}/{Role}" : $"{Name}/{Env}/{Role}/{Colour}";

    // A plain part is taken as it is written: two applications may differ in case only.
    private static bool Part(string pattern, string text) => NamePattern.HasWildcard(pattern) ? NamePattern.Matches(pattern, text) : pattern == text;
}
