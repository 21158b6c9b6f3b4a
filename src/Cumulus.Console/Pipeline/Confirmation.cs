using Cumulus.Console.Binding;
using Cumulus.Console.Catalog;
using Cumulus.Engine;

namespace Cumulus.Console.Pipeline;

/// <summary>The questions of one cmdlet to a person, with the answers that hold for the rest of its run.</summary>
internal sealed class Confirmation(BoundCommand bound, Terminal terminal)
{
    private bool? _processAll;
    private bool? _continueAll;

    /// <exception cref="CumulusException"><see cref="ErrorIds.ConfirmationUnavailable"/>: nobody is there to be asked.</exception>
    public bool ShouldProcess(string target, string action)
    {
        if (bound.Common.WhatIf)
        {
            terminal.WriteErrorLine($"What if: Performing the operation \"{action}\" on target \"{target}\".");
            return false;
        }

        bool asks = bound.Common.Confirm ?? bound.Command.ConfirmImpact == ConfirmImpact.High;
        return !asks || Ask($"Perform the operation \"{action}\" on target \"{target}\"?", target, "Give -Confirm:$false.", yesByDefault: true, ref _processAll);
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.ConfirmationUnavailable"/>: nobody is there to be asked.</exception>
    public bool ShouldContinue(string query, string caption)
    {
        string question = caption.Length > 0 ? caption + Environment.NewLine + query : query;

        // As in PowerShell where a command asks for care: Enter must not delete anything.
        return Ask(question, caption, "Give -Force.", yesByDefault: false, ref _continueAll);
    }

    private bool Ask(string question, string target, string advice, bool yesByDefault, ref bool? all)
    {
        if (all is { } earlier)
        {
            return earlier;
        }

        while (terminal.InIsTerminal)
        {
            string? answer = terminal.Ask($"{question}{Environment.NewLine}[Y] Yes  [A] Yes to all  [N] No  [L] No to all (default is {(yesByDefault ? "Yes" : "No")}): ");
            switch (answer?.Trim().ToUpperInvariant())
            {
                case "":
                    return yesByDefault;
                case "Y" or "YES":
                    return true;
                case "A":
                    all = true;
                    return true;
                case "N" or "NO":
                    return false;
                case "L":
                    all = false;
                    return false;
                case null:
                    throw NobodyThere(question, target, advice);
            }
        }

        throw NobodyThere(question, target, advice);
    }

    private static CumulusException NobodyThere(string question, string target, string advice) =>
        new(ErrorIds.ConfirmationUnavailable, FailureKind.Unavailable, $"{question.ReplaceLineEndings(": ")} Nobody can be asked, since the input is no terminal, and nothing was done.")
        {
            Target = target,
            Advice = advice,
        };
}
