using System.Reflection;
using Cumulus.PowerShell;

namespace Cumulus.Console.Catalog;

/// <summary>One cmdlet class, as its attributes describe it.</summary>
internal sealed class CommandDescription
{
    private CommandDescription(Type type, string name, CustomAttributeData cmdlet)
    {
        Type = type;
        Name = name;
        SupportsShouldProcess = AttributeData.Named<bool>(cmdlet, "SupportsShouldProcess");
        ConfirmImpact = (ConfirmImpact)AttributeData.Named(cmdlet, "ConfirmImpact", (int)ConfirmImpact.Medium);
        DefaultSet = AttributeData.Named<string>(cmdlet, "DefaultParameterSetName");
        Parameters = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(ParameterDescription.Of).OfType<ParameterDescription>().ToList();
        Sets = SetsOf(DefaultSet, Parameters);
    }

    public Type Type { get; }

    public string Name { get; }

    public bool SupportsShouldProcess { get; }

    public ConfirmImpact ConfirmImpact { get; }

    public string? DefaultSet { get; }

    public IReadOnlyList<ParameterDescription> Parameters { get; }

    /// <summary>The default set first; <see cref="SetMembership.EverySet"/> alone when the cmdlet has no sets.</summary>
    public IReadOnlyList<string> Sets { get; }

    public bool TakesPipeline => Parameters.Any(p => p.Memberships.Any(m => m.TakesPipeline));

    public static CommandDescription Of(Type type) =>
        NameOf(type) is ({ } name, { } cmdlet)
            ? new CommandDescription(type, name, cmdlet)
            : throw new ArgumentException($"{type} is no cmdlet.", nameof(type));

    /// <returns>Nulls when the type is no cmdlet.</returns>
    public static (string? Name, CustomAttributeData? Cmdlet) NameOf(Type type) =>
        !type.IsAbstract && AttributeData.Find(type, "Cmdlet") is { } cmdlet
            ? (CmdletName.Of(type), cmdlet)
            : (null, null);

    private static List<string> SetsOf(string? defaultSet, IEnumerable<ParameterDescription> parameters)
    {
        var sets = parameters.SelectMany(p => p.Memberships).Select(m => m.Set).Where(s => s != SetMembership.EverySet);
        if (defaultSet is not null)
        {
            sets = sets.Prepend(defaultSet);
        }

        var distinct = sets.Distinct(StringComparer.Ordinal).ToList();
        return distinct.Count > 0 ? distinct : [SetMembership.EverySet];
    }
}

/// <summary>How much a cmdlet says it may break. Numbers and order are PowerShell's.</summary>
internal enum ConfirmImpact
{
    None,
    Low,
    Medium,
    High,
}
