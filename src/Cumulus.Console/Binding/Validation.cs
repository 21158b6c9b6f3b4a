using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Cumulus.Console.Catalog;
using Cumulus.Engine;

namespace Cumulus.Console.Binding;

/// <summary>What an attribute such as <c>[ValidateSet]</c> asks of a value.</summary>
internal abstract class Validation
{
    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(2);

    /// <summary>What help says of it; null when there is nothing to say.</summary>
    public virtual string? Description => null;

    /// <exception cref="ValueException">The value does not fit.</exception>
    public abstract void Check(object? value);

    public static IReadOnlyList<Validation> Of(PropertyInfo property, IEnumerable<CustomAttributeData> attributes) =>
        attributes.Select(a => Of(property, a)).OfType<Validation>().ToList();

    private static Validation? Of(PropertyInfo property, CustomAttributeData attribute)
    {
        var type = attribute.AttributeType;
        var arguments = attribute.ConstructorArguments;
        switch (type.FullName)
        {
            case "System.Management.Automation.ValidateSetAttribute":
                var allowed = arguments.SelectMany(AttributeData.Items).OfType<string>().ToList();
                return new OneOf(allowed, AttributeData.Named(attribute, "IgnoreCase", true));
            case "System.Management.Automation.ValidateRangeAttribute":
                return new Range((IComparable)arguments[0].Value!, (IComparable)arguments[1].Value!);
            case "System.Management.Automation.ValidateCountAttribute":
                return new Count((int)arguments[0].Value!, (int)arguments[1].Value!);
            case "System.Management.Automation.ValidateLengthAttribute":
                return new Length((int)arguments[0].Value!, (int)arguments[1].Value!);
            case "System.Management.Automation.ValidatePatternAttribute":
                var options = (RegexOptions)AttributeData.Named(attribute, "Options", (int)RegexOptions.IgnoreCase);
                return new Pattern(new Regex((string)arguments[0].Value!, options, PatternLimit));
            case "System.Management.Automation.ValidateNotNullAttribute":
                return new NotNull(orEmpty: false);
            case "System.Management.Automation.ValidateNotNullOrEmptyAttribute":
                return new NotNull(orEmpty: true);
            default:
                // Leaving out a check that the author asked for would be worse than not running.
                return IsCheck(type)
                    ? throw new NotSupportedException($"The console does not know [{type.Name}], which {property.DeclaringType?.Name}.{property.Name} uses.")
                    : null;
        }
    }

    private static bool IsCheck(Type? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.FullName is "System.Management.Automation.ValidateArgumentsAttribute"
                or "System.Management.Automation.ArgumentTransformationAttribute")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks something of the value, or of each item of a collection.</summary>
    private abstract class ForEach : Validation
    {
        public sealed override void Check(object? value)
        {
            if (value is IEnumerable items and not string and not IDictionary)
            {
                foreach (object? item in items)
                {
                    CheckOne(item);
                }
            }
            else
            {
                CheckOne(value);
            }
        }

        protected abstract void CheckOne(object? value);

        protected static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }

    private sealed class OneOf(IReadOnlyList<string> allowed, bool ignoreCase) : ForEach
    {
        public override string Description => "one of: " + string.Join(", ", allowed);

        protected override void CheckOne(object? value)
        {
            string text = Text(value);
            var comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            if (!allowed.Any(a => string.Equals(a, text, comparison)))
            {
                throw NotOneOf(text, allowed);
            }
        }
    }

    private sealed class Range(IComparable low, IComparable high) : ForEach
    {
        public override string Description => string.Create(CultureInfo.InvariantCulture, $"{low} to {high}");

        protected override void CheckOne(object? value)
        {
            object number;
            try
            {
                number = Convert.ChangeType(value, low.GetType(), CultureInfo.InvariantCulture)!;
            }
            catch (Exception e) when (e is OverflowException or FormatException or InvalidCastException)
            {
                throw new ValueException($"'{Text(value)}' is not {Description}");
            }

            if (value is null || low.CompareTo(number) > 0 || high.CompareTo(number) < 0)
            {
                throw new ValueException($"{Text(value)} is not {Description}");
            }
        }
    }

    private sealed class Length(int least, int most) : ForEach
    {
        public override string Description => string.Create(CultureInfo.InvariantCulture, $"{least} to {most} characters");

        protected override void CheckOne(object? value)
        {
            if (Text(value).Length is var length && (length < least || length > most))
            {
                throw new ValueException(string.Create(CultureInfo.InvariantCulture, $"'{Text(value)}' has {length} characters, not {least} to {most}"));
            }
        }
    }

    private sealed class Pattern(Regex pattern) : ForEach
    {
        public override string Description => $"matches {pattern}";

        protected override void CheckOne(object? value)
        {
            if (!pattern.IsMatch(Text(value)))
            {
                throw new ValueException($"'{Text(value)}' does not match {pattern}");
            }
        }
    }

    private sealed class Count(int least, int most) : Validation
    {
        public override string Description => string.Create(CultureInfo.InvariantCulture, $"{least} to {most} values");

        public override void Check(object? value)
        {
            int count = value switch
            {
                null => 0,
                ICollection items => items.Count,
                IEnumerable items and not string => items.Cast<object?>().Count(),
                _ => 1,
            };
            if (count < least || count > most)
            {
                throw new ValueException(string.Create(CultureInfo.InvariantCulture, $"{count} values are not {least} to {most}"));
            }
        }
    }

    private sealed class NotNull(bool orEmpty) : Validation
    {
        public override void Check(object? value)
        {
            if (value is null)
            {
                throw new ValueException("the value must not be null");
            }

            if (!orEmpty)
            {
                return;
            }

            bool empty = value switch
            {
                string text => text.Length == 0,
                IEnumerable items => !items.Cast<object?>().Any(),
                _ => false,
            };
            bool emptyItem = value is IEnumerable and not string and not IDictionary
                && ((IEnumerable)value).Cast<object?>().Any(item => item is null or "");
            if (empty || emptyItem)
            {
                throw new ValueException(emptyItem ? "a value of the list is empty" : "the value must not be empty");
            }
        }
    }

    /// <summary>The error for a word that is none of a few, with the nearest.</summary>
    internal static ValueException NotOneOf(string text, IReadOnlyList<string> allowed) =>
        new($"'{text}' is not one of {string.Join(", ", allowed)}" + (NearestName.Of(text, allowed) is { } near ? $"; did you mean '{near}'?" : ""));
}
