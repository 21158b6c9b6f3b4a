using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using Cumulus.Console.CommandLine;

namespace Cumulus.Console.Binding;

/// <summary>Values as they were given to values of the type that a parameter wants. Invariant: no culture of the machine counts.</summary>
internal static class ValueConverter
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private static readonly HashSet<Type> WholeNumbers =
        [typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong)];

    private static readonly Dictionary<string, long> Multipliers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["kb"] = 1L << 10,
        ["mb"] = 1L << 20,
        ["gb"] = 1L << 30,
        ["tb"] = 1L << 40,
    };

    /// <exception cref="ValueException">The value is not of that type.</exception>
    /// <exception cref="UsageException">The value is not even well-formed.</exception>
    public static object? Convert(Argument argument, Type type) => argument switch
    {
        LiteralArgument literal => Convert(literal.Value, type),
        ShellArgument shell => Convert(Interpret(shell.Text, type), type),
        _ => throw new ArgumentException($"{argument.GetType()} is no known argument.", nameof(argument)),
    };

    /// <exception cref="ValueException">The value is not of that type.</exception>
    public static object? Convert(object? value, Type type)
    {
        if (value is null)
        {
            return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null
                ? null
                : throw new ValueException($"null is not {Nameof(type)}");
        }

        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(SwitchParameter) || type == typeof(bool))
        {
            return Truth(value);
        }

        if (ElementOf(type) is { } element)
        {
            return Collection(value, type, element);
        }

        return value is object?[] list
            ? list.Length == 1 ? Convert(list[0], type) : throw new ValueException($"a list of {list.Length} values was given, and one value is wanted")
            : Scalar(value, type);
    }

    /// <summary>Type of the items when a type is a list of some sort; null when it is none.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        if (!type.IsGenericType || type.GetGenericArguments() is not [var item])
        {
            return null;
        }

        return type.IsAssignableFrom(typeof(List<>).MakeGenericType(item)) ? item : null;
    }

    /// <summary>Name of a type for a person.</summary>
    public static string Nameof(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Nameof(inner);
        }

        if (ElementOf(type) is { } element)
        {
            return Nameof(element) + "[]";
        }

        return Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => type.Name,
            TypeCode.Int32 => "int",
            TypeCode.Int64 => "long",
            TypeCode.Boolean => "bool",
            TypeCode.String => "string",
            TypeCode.Double => "double",
            TypeCode.Decimal => "decimal",
            _ => type.Name,
        };
    }

    // A shell took the quotes away: the wanted type says what the text is.
    private static object? Interpret(string text, Type type)
    {
        if (typeof(IDictionary).IsAssignableFrom(type))
        {
            return Tokenizer.ParseTable(text);
        }

        if (type != typeof(string) && text.Equals("$null", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return ElementOf(type) is null ? text : SplitList(text);
    }

    private static object?[] SplitList(string text)
    {
        var items = new List<object?>();
        int start = 0;
        char quote = '\0';
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ',';
            if (quote == '\0' && c is '\'' or '"' && i == start)
            {
                quote = c;
            }
            else if (c == quote && quote != '\0' && (i + 1 == text.Length || text[i + 1] == ','))
            {
                quote = '\0';
            }
            else if (c == ',' && (quote == '\0' || i == text.Length))
            {
                items.Add(Unquote(text[start..i]));
                start = i + 1;
            }
        }

        return items.Count > 1 && items.Contains("") && !text.Contains('\'') && !text.Contains('"')
            ? throw new ValueException($"'{text}' has an empty item: write the list without blanks, a,b")
            : items.ToArray();
    }

    private static string Unquote(string item) =>
        item.Length >= 2 && item[0] is '\'' or '"' && item[^1] == item[0] ? item[1..^1] : item;

    private static object Truth(object value) => value switch
    {
        bool truth => truth,
        string text when text.TrimStart('$').Equals("true", StringComparison.OrdinalIgnoreCase) || text == "1" => true,
        string text when text.TrimStart('$').Equals("false", StringComparison.OrdinalIgnoreCase) || text == "0" => false,
        int number => number != 0,
        object?[] { Length: 1 } one when one[0] is { } item => Truth(item),
        _ => throw new ValueException($"'{Text(value)}' is neither $true nor $false"),
    };

    private static object Collection(object value, Type type, Type element)
    {
        var items = value is IEnumerable many and not string and not IDictionary ? many.Cast<object?>().ToList() : [value];
        var array = Array.CreateInstance(element, items.Count);
        for (int i = 0; i < items.Count; i++)
        {
            array.SetValue(Convert(items[i], element), i);
        }

        return type.IsAssignableFrom(array.GetType()) ? array : Activator.CreateInstance(typeof(List<>).MakeGenericType(element), array)!;
    }

    private static object Scalar(object value, Type type)
    {
        if (type == typeof(string))
        {
            return value is IFormattable or bool or char or Uri or Version or FileSystemInfo
                ? Text(value)
                : throw new ValueException($"{value.GetType().Name} is not string");
        }

        if (typeof(IDictionary).IsAssignableFrom(type))
        {
            throw new ValueException($"'{Text(value)}' is no table: write @{{ key = 'value' }}");
        }

        if (value is not (string or IConvertible or IFormattable))
        {
            throw new ValueException($"{value.GetType().Name} is not {Nameof(type)}");
        }

        string text = Text(value).Trim();
        if (type.IsEnum)
        {
            return EnumValue(text, type);
        }

        return WholeNumbers.Contains(type) ? WholeNumber(text, type)
            : type == typeof(TimeSpan) ? Span(text)
            : type == typeof(DateTimeOffset) ? Moment(text)
            : type == typeof(DateTime) ? Moment(text).UtcDateTime
            : type == typeof(Uri) ? Address(text)
            : Parsed(text, type);
    }

    private static object EnumValue(string text, Type type)
    {
        string[] names = Enum.GetNames(type);
        bool flags = type.IsDefined(typeof(FlagsAttribute), inherit: false);
        foreach (string name in flags ? text.Split(',', StringSplitOptions.TrimEntries) : [text])
        {
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw Validation.NotOneOf(name, names);
            }
        }

        return Enum.Parse(type, text, ignoreCase: true);
    }

    private static object WholeNumber(string text, Type type)
    {
        decimal number;
        try
        {
            number = Number(text);
        }
        catch (FormatException)
        {
            throw new ValueException($"'{text}' is not a whole number");
        }
        catch (OverflowException)
        {
            throw OutOfRange(text, type);
        }

        if (number != decimal.Truncate(number))
        {
            throw new ValueException($"'{text}' is not a whole number");
        }

        try
        {
            return System.Convert.ChangeType(number, type, Culture);
        }
        catch (OverflowException)
        {
            throw OutOfRange(text, type);
        }
    }

    // As PowerShell reads numbers: 0x1F and 64mb too.
    private static decimal Number(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return long.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, Culture);
        }

        return text.Length > 2 && Multipliers.TryGetValue(text[^2..], out long multiplier)
            ? decimal.Parse(text[..^2], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, Culture) * multiplier
            : decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, Culture);
    }

    private static ValueException OutOfRange(string text, Type type) => new($"'{text}' is too large or too small for {Nameof(type)}");

    private static TimeSpan Span(string text)
    {
        // PowerShell would take 30 for 30 ticks, TimeSpan.Parse for 30 days: nobody means either.
        if (!text.Contains(':') || !TimeSpan.TryParse(text, Culture, out var span))
        {
            throw new ValueException($"'{text}' is not a time span: write hours:minutes:seconds, such as 00:00:30");
        }

        return span;
    }

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.TryParse(text, Culture, DateTimeStyles.AssumeLocal, out var moment)
            ? moment
            : throw new ValueException($"'{text}' is not a time: write 2026-01-31T14:00:00Z");

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var uri) ? uri : throw new ValueException($"'{text}' is not an address");

    private static object Parsed(string text, Type type)
    {
        try
        {
            return type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider)]) is { } parse
                ? parse.Invoke(null, [text, Culture])!
                : type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]) is { } simple
                    ? simple.Invoke(null, [text])!
                    : type.GetConstructor([typeof(string)]) is { } constructor
                        ? constructor.Invoke([text])
                        : throw new ValueException($"a value of type {Nameof(type)} cannot be given on a command line");
        }
        catch (TargetInvocationException e) when (e.InnerException is FormatException or ArgumentException or OverflowException)
        {
            throw new ValueException($"'{text}' is not {Nameof(type)}: {e.InnerException.Message}");
        }
    }

    private static string Text(object value) => System.Convert.ToString(value, Culture) ?? "";
}
