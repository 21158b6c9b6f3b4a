using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

internal static class AccessKeys
{
    /// <summary>The pair of keys; null when there is none. Keys in a file work, with a warning (D-33); one of the two alone is an error.</summary>
    public static StaticKeys? Read(SettingItem? id, SettingItem? secret, Place section, string option, string advice, ProblemCollector problems)
    {
        if (id is null && secret is null) return null;
        if (id is null || secret is null)
        {
            problems.Error((id ?? secret)?.Place ?? section, option, $"'{(id is null ? "access-key-id" : "secret-access-key")}' is missing beside the other half of the key.");
            return null;
        }

        problems.Warn(id.Place, option, $"An access key in clear text is at the mercy of everyone who can read the file. {advice}");
        return new StaticKeys(id.Text, secret.Text);
    }
}
