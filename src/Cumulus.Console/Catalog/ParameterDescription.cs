using System.Collections;
using System.Management.Automation;
using System.Reflection;
using Cumulus.Console.Binding;

namespace Cumulus.Console.Catalog;

/// <summary>One parameter of a cmdlet, as its attributes describe it.</summary>
internal sealed class ParameterDescription
{
    private readonly PropertyInfo _property;

    private ParameterDescription(PropertyInfo property) => _property = property;

    public string Name => _property.Name;

    public Type Type => _property.PropertyType;

    public required IReadOnlyList<string> Aliases { get; init; }

    public required IReadOnlyList<SetMembership> Memberships { get; init; }

    public required IReadOnlyList<Validation> Validations { get; init; }

    public required EmptyValues Accepts { get; init; }

    /// <summary>Works, but neither help nor a nearest name speaks of it.</summary>
    public bool Hidden { get; init; }

    public bool IsSwitch => Type == typeof(SwitchParameter);

    public bool IsTable => typeof(IDictionary).IsAssignableFrom(Type);

    public IEnumerable<string> Names => Aliases.Prepend(Name);

    /// <summary>Null when a property is no parameter.</summary>
    public static ParameterDescription? Of(PropertyInfo property)
    {
        var attributes = AttributeData.All(property);
        var memberships = attributes.Where(a => AttributeData.Is(a, "Parameter")).Select(Membership).ToList();
        if (memberships.Count == 0)
        {
            return null;
        }

        return new ParameterDescription(property)
        {
            Memberships = memberships,
            Aliases = attributes.Where(a => AttributeData.Is(a, "Alias"))
                .SelectMany(a => AttributeData.Items(a.ConstructorArguments[0])).OfType<string>().ToList(),
            Validations = Validation.Of(property, attributes),
            Hidden = attributes.Any(a => AttributeData.Is(a, "Parameter") && AttributeData.Named<bool>(a, "DontShow")),
            Accepts = new EmptyValues(
                Null: attributes.Any(a => AttributeData.Is(a, "AllowNull")),
                EmptyString: attributes.Any(a => AttributeData.Is(a, "AllowEmptyString")),
                EmptyCollection: attributes.Any(a => AttributeData.Is(a, "AllowEmptyCollection"))),
        };
    }

    public SetMembership? In(string set) =>
        Memberships.FirstOrDefault(m => m.Set == set) ?? Memberships.FirstOrDefault(m => m.Set == SetMembership.EverySet);

    public object? ValueOf(object cmdlet) => _property.GetValue(cmdlet);

    public void SetValue(object cmdlet, object? value) =>
        _property.SetValue(cmdlet, value, BindingFlags.DoNotWrapExceptions, binder: null, index: null, culture: null);

    private static SetMembership Membership(CustomAttributeData attribute)
    {
        int position = AttributeData.Named(attribute, "Position", int.MinValue);
        return new SetMembership(
            AttributeData.Named<string>(attribute, "ParameterSetName") ?? SetMembership.EverySet,
            AttributeData.Named<bool>(attribute, "Mandatory"),
            position < 0 ? null : position,
            AttributeData.Named<bool>(attribute, "ValueFromPipeline"),
            AttributeData.Named<bool>(attribute, "ValueFromPipelineByPropertyName"),
            AttributeData.Named<bool>(attribute, "ValueFromRemainingArguments"),
            AttributeData.Named<string>(attribute, "HelpMessage"));
    }
}

/// <summary>Which empty values a mandatory parameter takes all the same.</summary>
internal sealed record EmptyValues(bool Null, bool EmptyString, bool EmptyCollection);
