namespace Cumulus.PowerShell;

/// <summary>What is wrong with one definition.</summary>
/// <param name="Source">File, or the application in the state.</param>
/// <param name="Application">NAME/ENV/ROLE[/COLOUR]; null when it could not be read.</param>
/// <param name="Problems">Each with its place and field.</param>
public sealed record ApplicationTest(string Source, string? Application, string[] Problems, string[] Warnings)
{
    public bool IsValid => Problems.Length == 0;
}
