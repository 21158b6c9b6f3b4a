using System.Collections;
using System.Globalization;

namespace Cumulus.Console.CommandLine;

/// <summary>Reads <c>@{ key = 'value'; other = 1 }</c>. As in PowerShell, a value is a number, a constant, a table, or in quotes.</summary>
internal sealed class TableReader(LineReader reader)
{
    /// <exception cref="UsageException">The table is not well-formed.</exception>
    public Hashtable Read()
    {
        int start = reader.At;
        reader.At += 2;
        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            while (char.IsWhiteSpace(reader.Current) || reader.Current == ';')
            {
                reader.At++;
            }

            switch (reader.Current)
            {
                case LineReader.End:
                    throw new UsageException($"the table '{reader.Since(start)}' is not closed with '}}'");
                case '}':
                    reader.At++;
                    return table;
                default:
                    ReadEntry(table);
                    break;
            }
        }
    }

    private void ReadEntry(Hashtable table)
    {
        string key = reader.AtQuote ? reader.ReadQuoted() : ReadBare();
        reader.SkipSpaces();
        if (key.Length == 0)
        {
            throw new UsageException($"a key is missing in a table before '{reader.Rest}'");
        }

        if (reader.Current != '=')
        {
            throw new UsageException($"'=' is missing after the key '{key}' of a table");
        }

        reader.At++;
        reader.SkipSpaces();
        var values = reader.ReadList(() => ReadValue(key));
        if (table.ContainsKey(key))
        {
            throw new UsageException($"the key '{key}' is twice in a table");
        }

        table.Add(key, values.Count == 1 ? values[0] : values.ToArray());
        CheckEndOfEntry();
    }

    private void CheckEndOfEntry()
    {
        while (reader.Current is ' ' or '\t')
        {
            reader.At++;
        }

        if (reader.Current is not (';' or '}' or LineReader.End or '\n' or '\r'))
        {
            throw new UsageException($"';' is missing in a table before '{reader.Rest}'");
        }
    }

    private object? ReadValue(string key)
    {
        if (reader.AtQuote)
        {
            return reader.ReadQuoted();
        }

        if (reader.AtTable)
        {
            return Read();
        }

        if (reader.TryReadConstant(out object? constant))
        {
            return constant;
        }

        if (reader.Current != '}')
        {
            reader.Refuse();
        }

        string word = ReadBare();
        return Number(word)
            ?? throw new UsageException(word.Length == 0
                ? $"a value is missing for the key '{key}' of a table"
                : $"the value of '{key}' in a table needs quotes: '{word}'");
    }

    private string ReadBare()
    {
        int start = reader.At;
        while (!reader.AtBlank && !reader.AtQuote && reader.Current is not ('=' or ';' or ',' or '}' or '{' or '|'))
        {
            reader.At++;
        }

        return reader.Since(start);
    }

    private static object? Number(string word)
    {
        var culture = CultureInfo.InvariantCulture;
        if (int.TryParse(word, NumberStyles.AllowLeadingSign, culture, out int integer))
        {
            return integer;
        }

        if (long.TryParse(word, NumberStyles.AllowLeadingSign, culture, out long big))
        {
            return big;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(word, style, culture, out double real) ? real : null;
    }
}
