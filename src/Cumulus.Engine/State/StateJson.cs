using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.State;

/// <summary>How small documents of the state are read.</summary>
internal static class StateJson
{
    /// <param name="known">Whether this version of Cumulus can read a document of such a schema.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>: no document of this kind, or of a newer schema.</exception>
    public static T Read<T>(StateDocument document, string name, Func<T, bool> known)
        where T : class
    {
        try
        {
            T? value = JsonSerializer.Deserialize<T>(document.Content, BundleManifest.Json);
            if (value is not null && known(value)) return value;
            throw Invalid(name, value is null ? "is empty" : "was written by a newer version of Cumulus", null);
        }
        catch (JsonException e)
        {
            throw Invalid(name, $"is damaged: {e.Message}", e);
        }
    }

    private static CumulusException Invalid(string name, string why, Exception? cause) =>
        new(ErrorIds.StateInvalid, FailureKind.InvalidInput, $"The document {name} {why}.", cause) { Target = name, Advice = "Use a newer version of Cumulus; or, if the document is damaged, take it away." };
}
