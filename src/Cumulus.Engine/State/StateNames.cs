using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.State;

/// <summary>The rule for names of documents: no way out of the home.</summary>
internal static class StateNames
{
    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/></exception>
    public static string Require(string name)
    {
        foreach (string part in name.Split('/')) NameRules.Require("name of a document", part);
        return name;
    }
}
