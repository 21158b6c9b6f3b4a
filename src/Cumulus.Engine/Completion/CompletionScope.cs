using System.Globalization;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Completion;

/// <summary>Where somebody who asks for a word is: the folder, the session, and what the command line says so far.</summary>
/// <param name="parameters">Names and values of the parameters that were given, as texts.</param>
public sealed class CompletionScope(string currentFolder, AwsConnection? session, IReadOnlyDictionary<string, string> parameters)
{
    private readonly Lazy<CumulusConfiguration?> _configuration = new(() => Load(currentFolder, parameters.GetValueOrDefault("ConfigurationPath")));

    public string CurrentFolder { get; } = currentFolder;

    /// <summary>Null where there is none, or none that can be read: completion is no place to say why.</summary>
    public CumulusConfiguration? Configuration => _configuration.Value;

    /// <summary>The environment that the line names, if it is configured.</summary>
    public EnvironmentDefinition? Environment => Given("Environment") is { } name ? Configuration?.Environments.FirstOrDefault(e => e.Name == name) : null;

    /// <summary>How to reach AWS, as the command itself would.</summary>
    public AwsConnection Connection => ConnectionChoice.Of(
        new AwsConnection { Region = Given("Region"), ProfileName = Given("ProfileName"), EndpointUrl = Given("EndpointUrl") },
        session,
        Environment is { } environment ? AwsConnection.Of(environment) : null);

    /// <summary>The same for the same place and line. No secret is in it.</summary>
    public string Key
    {
        get
        {
            var key = new StringBuilder(CurrentFolder).Append('\n')
                .Append(CultureInfo.InvariantCulture, $"{session?.Region}|{session?.ProfileName}|{session?.RoleArn}|{session?.EndpointUrl}|{session?.Keys?.AccessKeyId}");
            foreach ((string name, string value) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal)) key.Append('\n').Append(name).Append('=').Append(value);
            return key.ToString();
        }
    }

    /// <summary>Null when the line does not say it.</summary>
    public string? Given(string parameter) => parameters.GetValueOrDefault(parameter) is { Length: > 0 } value ? value : null;

    private static CumulusConfiguration? Load(string currentFolder, string? path)
    {
        try
        {
            return new ConfigurationLoader().Load(ConfigurationRequest.Here(currentFolder, path is null ? [] : [path]));
        }
        catch (Exception e) when (e is CumulusException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A word that can stand there.</summary>
/// <param name="Note">A few words about it, for a tool tip.</param>
public sealed record CompletionWord(string Text, string? Note = null);
