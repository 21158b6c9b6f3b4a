using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that take applications that there are.</summary>
public abstract class ApplicationCmdlet : GhostCmdlet
{
    /// <summary>Name of the application, wildcards are fine; or NAME/ENV/ROLE[/COLOUR] as a whole.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Application")]
    public string Name { get; set; } = "*";

    /// <summary>Environment of the application; wildcards are fine.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Environment")]
    public string Env { get; set; } = "*";

    /// <summary>Role of the application; wildcards are fine.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public string Role { get; set; } = "*";

    /// <summary>blue or green. Default: both halves of a pair, and applications that are none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Color")]
    public string? Colour { get; set; }

    /// <summary>Which applications are meant.</summary>
    private protected ApplicationPattern Pattern => ApplicationKey.Parse(Name) is { } whole
        ? new ApplicationPattern(whole.Name, whole.Env, whole.Role, whole.Colour ?? Chosen)
        : new ApplicationPattern(Name, Env, Role, Chosen);

    // PowerShell gives a text that is null in a record as an empty one.
    private string? Chosen => string.IsNullOrEmpty(Colour) ? null : ApplicationKey.RequireColour(Colour);

    private protected async Task<ApplicationStore> StoreAsync(CancellationToken stop) => new(await StateAsync(Pattern.Env, stop), TimeProvider.System);

    /// <summary>Those that are meant; a broken one is an error of its own.</summary>
    private protected async Task<IReadOnlyList<StoredApplication>> FindAsync(CancellationToken stop) =>
        await (await StoreAsync(stop)).FindAsync(Pattern, e => WriteFailure(e), stop);

    /// <summary>The one application that is meant.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ApplicationNotFound"/>; <see cref="ErrorIds.NameInvalid"/>: several fit.</exception>
    private protected async Task<StoredApplication> SingleAsync(CancellationToken stop)
    {
        IReadOnlyList<StoredApplication> found = await FindAsync(stop);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new CumulusException(ErrorIds.ApplicationNotFound, FailureKind.NotFound, $"There is no application {Pattern}.") { Target = Name, Advice = "See Get-GhostApplication for those that there are." },
            _ => throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, $"{Pattern} fits several applications, and one is wanted: {string.Join(", ", found.Select(a => a.Definition.Key))}.") { Target = Name },
        };
    }
}
