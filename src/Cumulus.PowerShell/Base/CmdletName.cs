using System.Management.Automation;

namespace Cumulus.PowerShell;

/// <summary>The name of a cmdlet class, as its attribute says.</summary>
internal static class CmdletName
{
    /// <summary>Read as metadata: in the console the getters of the attribute answer nothing.</summary>
    public static string Of(Type cmdlet) =>
        cmdlet.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType.FullName == typeof(CmdletAttribute).FullName) is { } attribute
            ? $"{attribute.ConstructorArguments[0].Value}-{attribute.ConstructorArguments[1].Value}"
            : cmdlet.Name;
}
