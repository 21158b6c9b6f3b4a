namespace Cumulus.Engine.Configuration.Settings;

/// <summary>One entry of a value, whatever format it was written in.</summary>
/// <param name="Key">Left side of a pair or rewrite; null for the others.</param>
internal sealed record SettingItem(string Text, Place Place, string? Key = null)
{
    /// <summary>The value instead of <see cref="Text"/>, when it takes outputs of stacks.</summary>
    public LinkedValue? Link { get; init; }
}

/// <summary>An option as it was read, before anything is asked of its value.</summary>
internal abstract class RawSetting(string name, Place place)
{
    public string Name { get; } = name;

    public Place Place { get; } = place;

    /// <summary>True for the old format, whose relative paths may also start from the current folder.</summary>
    public abstract bool IsConf { get; }

    /// <summary>The text that <c>%(name)s</c> in another option stands for, before interpolation of its own; null when it is no text.</summary>
    public abstract string? RawText { get; }

    /// <summary>Set to nothing, so that what a farther place says does not count.</summary>
    public abstract bool IsUnset { get; }

    /// <summary>The entries of the value; empty when it is unset. What cannot be read is reported and left out.</summary>
    public abstract IReadOnlyList<SettingItem> Items(OptionKind kind, SettingContext context);
}

/// <param name="Option">Name of the option in problems.</param>
/// <param name="Lookup">Raw texts of the options that may stand in <c>%(name)s</c>.</param>
/// <param name="Names">All names that <paramref name="Lookup"/> knows.</param>
internal sealed record SettingContext(string Option, Func<string, string?> Lookup, IEnumerable<string> Names, ProblemCollector Problems)
{
    /// <summary>What <c>${...}</c> stands for in YAML; null where it stands for itself.</summary>
    public VariableScope? Variables { get; init; }

    public bool AllowsOutputs { get; init; }
}
