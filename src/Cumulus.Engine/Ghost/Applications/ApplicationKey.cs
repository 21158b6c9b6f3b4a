using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Ghost;

/// <summary>Which application: name, environment and role, and a colour for each half of a blue/green pair. None of them changes after creation.</summary>
/// <param name="Colour"><c>blue</c> or <c>green</c>; null for an application that has no twin.</param>
public sealed record ApplicationKey(string Name, string Env, string Role, string? Colour = null)
{
    /// <summary>Ghost's two colours.</summary>
    public static IReadOnlyList<string> Colours { get; } = ["blue", "green"];

    /// <summary>As a part of names in the state: <c>NAME/ENV/ROLE[/COLOUR]</c>. Each part is whole, so that no application is the beginning of another's name (G-03, G-18).</summary>
    public string Path => Colour is null ? $"{Name}/{Env}/{Role}" : $"{Name}/{Env}/{Role}/{Colour}";

    /// <summary>The other half of a blue/green pair; null without a colour.</summary>
    public ApplicationKey? Twin => Colour switch { "blue" => this with { Colour = "green" }, "green" => this with { Colour = "blue" }, _ => null };

    /// <summary>Gives the key back when it can be part of names of documents.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/></exception>
    public ApplicationKey Require()
    {
        NameRules.Require("name of the application", Name);
        NameRules.Require("environment of the application", Env);
        NameRules.Require("role of the application", Role);
        if (Colour is not null) RequireColour(Colour);
        return this;
    }

    /// <summary>Gives the colour back.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/></exception>
    public static string RequireColour(string colour) => Colours.Contains(colour)
        ? colour
        : throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, $"'{colour}' is no colour of an application.") { Target = colour, Advice = "Use blue or green." };

    /// <summary>The key in <see cref="Path"/>; null for another text.</summary>
    public static ApplicationKey? Parse(string path) => path.Split('/') switch
    {
        [{ Length: > 0 } name, { Length: > 0 } env, { Length: > 0 } role] => new ApplicationKey(name, env, role),
        [{ Length: > 0 } name, { Length: > 0 } env, { Length: > 0 } role, { Length: > 0 } colour] => new ApplicationKey(name, env, role, colour),
        _ => null,
    };

    public override string ToString() => Path;
}
