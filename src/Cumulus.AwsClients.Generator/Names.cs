using System;
using System.Linq;

namespace Cumulus.AwsClients.Generator;

/// <summary>Naming rules of the official packages (version 4 of the AWS SDK for .NET).</summary>
internal static class Names
{
    private static readonly char[] Separators = ['-', '.', ' ', '/', ':', ',', '(', ')', '+', '*', '$'];

    public static string Pascal(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name.Substring(1);

    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary><c>t3.micro</c> becomes <c>T3Micro</c>, <c>CREATE_COMPLETE</c> stays.</summary>
    public static string Constant(string value)
    {
        var name = string.Concat(value.Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(Pascal));
        return char.IsDigit(name[0]) ? "_" + name : name;
    }

    /// <summary><c>ResourceContentionFault</c> becomes <c>ResourceContentionException</c>.</summary>
    public static string Exception(string shape)
    {
        var name = Pascal(shape);
        if (name.EndsWith("Exception", StringComparison.Ordinal))
            return name;
        return (name.EndsWith("Fault", StringComparison.Ordinal) ? name.Substring(0, name.Length - "Fault".Length) : name) + "Exception";
    }
}
