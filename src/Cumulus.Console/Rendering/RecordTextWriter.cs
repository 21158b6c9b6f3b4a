using System.Collections;
using System.Reflection;
using Cumulus.Console.Binding;

namespace Cumulus.Console.Rendering;

/// <summary>
/// Records as tables and lists for a person. Records of one type that follow each other share a table, whose widths are
/// settled by the first of them.
/// </summary>
/// <param name="format"><see cref="OutputFormat.Table"/> or <see cref="OutputFormat.List"/>; null lets the type decide.</param>
internal sealed class RecordTextWriter(Terminal terminal, FormatViews views, OutputFormat? format) : IRecordWriter
{
    private const int SettlingRows = 200;
    private const int MostTableProperties = 5;

    private readonly List<object> _held = [];
    private Type? _type;
    private IReadOnlyList<Column>? _columns;
    private int[]? _widths;
    private bool _anythingShown;
    private PropertyInfo? _group;
    private string? _heading;

    public void Write(object? record)
    {
        if (record is null)
        {
            return;
        }

        if (IsText(record))
        {
            Complete();
            WriteText(record);
            return;
        }

        if (record.GetType() != _type)
        {
            Complete();
            _type = record.GetType();
            _columns = TableColumns(_type);
            _group = _columns is null ? null : views.GroupFor(_type);
            _heading = null;
        }

        if (_group?.GetValue(record) is { } value && CellText.Of(value) is var heading && heading != _heading)
        {
            Settle();
            _widths = null;
            _heading = heading;
        }

        if (_columns is null)
        {
            WriteList(record);
        }
        else if (_widths is not null)
        {
            WriteRow(record);
        }
        else
        {
            _held.Add(record);
            if (_held.Count == SettlingRows)
            {
                StartTable();
            }
        }
    }

    public void Settle()
    {
        if (_held.Count > 0)
        {
            StartTable();
        }
    }

    public void Complete()
    {
        Settle();
        _type = null;
        _widths = null;
    }

    private static bool IsText(object record) =>
        record is string or IFormattable or bool or Uri or Version || record.GetType().IsPrimitive || RecordProperties.Shown(record.GetType()).Count == 0;

    private IReadOnlyList<Column>? TableColumns(Type type)
    {
        if (format == OutputFormat.List || typeof(IDictionary).IsAssignableFrom(type))
        {
            return null;
        }

        if (views.ColumnsFor(type) is { } columns)
        {
            return columns;
        }

        var properties = RecordProperties.Shown(type);
        return properties.Count <= MostTableProperties || format == OutputFormat.Table
            ? properties.Select(p => new Column(p.Name, p, CellText.IsNumber(p.PropertyType))).ToList()
            : null;
    }

    private void WriteText(object record)
    {
        foreach (string line in CellText.Lines(CellText.Raw(record)))
        {
            terminal.WriteLine(line);
        }

        _anythingShown = true;
    }

    private void StartTable()
    {
        var rows = _held.Select(record => _columns!.Select(c => c.TextOf(record)).ToArray()).ToList();
        _widths = Table.Widths(_columns!, rows, terminal.OutWidth);
        if (_widths is null)
        {
            // Too many columns for this terminal.
            _columns = null;
            _held.ForEach(WriteList);
            _held.Clear();
            return;
        }

        StartBlock();
        if (_heading is not null)
        {
            terminal.WriteLine($"   {_heading}");
            terminal.WriteLine("");
        }

        string[] headers = _columns!.Select(c => c.Header).ToArray();
        WriteCells(headers, Style.Header);
        WriteCells(headers.Select((h, i) => new string('-', Math.Min(h.Length, _widths[i]))).ToArray(), Style.Header);
        rows.ForEach(row => WriteCells(row, Style.Plain));
        _held.Clear();
    }

    private void WriteRow(object record) => WriteCells(_columns!.Select(c => c.TextOf(record)).ToArray(), Style.Plain);

    private void WriteCells(string[] cells, Style style) =>
        terminal.WriteLine(Table.Line(_columns!, _widths!, cells, cut: terminal.OutWidth != Terminal.Unlimited), style);

    private void WriteList(object record)
    {
        StartBlock();
        var entries = record is IDictionary table
            ? table.Keys.Cast<object>().Select(key => (Name: CellText.Of(key), Value: table[key])).ToList()
            : RecordProperties.Shown(record.GetType()).Select(p => (p.Name, Value: p.GetValue(record))).ToList();
        int width = entries.Count == 0 ? 0 : entries.Max(e => e.Name.Length);
        foreach (var (name, value) in entries)
        {
            string[] lines = CellText.Lines(CellText.Raw(value));
            terminal.WriteLine($"{name.PadRight(width)} : {lines[0]}".TrimEnd());
            foreach (string line in lines.Skip(1))
            {
                terminal.WriteLine(new string(' ', width + 3) + line);
            }
        }
    }

    private void StartBlock()
    {
        if (_anythingShown)
        {
            terminal.WriteLine("");
        }

        _anythingShown = true;
    }
}
