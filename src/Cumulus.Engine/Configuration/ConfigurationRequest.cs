namespace Cumulus.Engine.Configuration;

/// <summary>Which configuration to read, and the surroundings that it is read in.</summary>
public sealed record ConfigurationRequest
{
    /// <summary>Files named by hand; a later one overrides an earlier one option by option. Empty: the places of <see cref="ConfigurationSearch"/>.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Full path of the folder that relative paths of the command start from.</summary>
    public required string CurrentFolder { get; init; }

    /// <summary>Full path that <c>~</c> stands for; null: there is none.</summary>
    public string? HomeFolder { get; init; }

    public PathStyle PathStyle { get; init; } = PathStyle.Current;

    /// <summary>Environment variables, for <c>template</c> options of <c>.conf</c> files.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The request for the user and the system that this runs as.</summary>
    public static ConfigurationRequest Here(string currentFolder, IReadOnlyList<string>? paths = null)
    {
        string home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        return new ConfigurationRequest
        {
            Paths = paths ?? [],
            CurrentFolder = currentFolder,
            HomeFolder = home.Length == 0 ? null : home,
            Variables = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? ""),
        };
    }
}
