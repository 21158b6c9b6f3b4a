using Cumulus.Console.Binding;
using Cumulus.Console.Catalog;

namespace Cumulus.Console.Help;

/// <summary>The syntax of a cmdlet, one line for each parameter set, as <c>Get-Command -Syntax</c> writes it.</summary>
internal static class SyntaxText
{
    // Where a line is wrapped, a parameter and its type stay together.
    private const char NoBreak = '\u00a0';

    public static IEnumerable<string> Of(CommandDescription command) => command.Sets.Select(set => OfSet(command, set));

    public static string TypeOf(ParameterDescription parameter) => parameter.IsSwitch ? "" : $"<{ValueConverter.Nameof(parameter.Type)}>";

    private static string OfSet(CommandDescription command, string set)
    {
        var parts = command.Parameters
            .Where(p => !p.Hidden && p.In(set) is not null)
            .OrderBy(p => p.In(set)!.Position ?? int.MaxValue)
            .ThenByDescending(p => p.In(set)!.Mandatory)
            .Select(p => OfParameter(p, p.In(set)!));
        string confirming = command.SupportsShouldProcess ? " [-WhatIf] [-Confirm]" : "";
        return $"{string.Join(' ', parts.Prepend(command.Name))}{confirming} [<CommonParameters>]";
    }

    private static string OfParameter(ParameterDescription parameter, SetMembership membership)
    {
        string name = membership.Position is null ? "-" + parameter.Name : $"[-{parameter.Name}]";
        string text = parameter.IsSwitch ? name : $"{name}{NoBreak}{TypeOf(parameter)}";
        return membership.Mandatory ? text : $"[{text}]";
    }
}
