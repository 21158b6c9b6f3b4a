namespace Cumulus.Console.Rendering;

/// <summary>What <c>-Output</c> can be. Without it, a type's view or the number of its properties decides between table and list.</summary>
public enum OutputFormat
{
    Table,
    List,
    Json,
    Yaml,
}
