namespace Cumulus.Console.Help;

/// <summary>The pages that lie in a folder, one for each cmdlet, <c>Verb-Noun.md</c>.</summary>
/// <param name="folder">Null, or a folder that is not there: help then does without words.</param>
internal sealed class HelpPages(string? folder)
{
    /// <summary>Null when there is no page.</summary>
    public CmdletPage? Find(string commandName) =>
        folder is not null && Path.Combine(folder, commandName + ".md") is var file && File.Exists(file)
            ? CmdletPage.Parse(File.ReadAllText(file))
            : null;
}
