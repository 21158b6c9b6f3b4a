using System.Globalization;
using System.Reflection;
using System.Xml.Linq;
using Cumulus.Console.Binding;

namespace Cumulus.Console.Rendering;

/// <summary>A table view out of a PowerShell format file. Columns that are computed by a script are left out: there is no PowerShell here.</summary>
internal sealed class FormatView
{
    private readonly List<ViewColumn> _columns;
    private readonly string? _groupBy;

    private FormatView(IReadOnlyList<string> typeNames, List<ViewColumn> columns, string? groupBy)
    {
        TypeNames = typeNames;
        _columns = columns;
        _groupBy = groupBy;
    }

    /// <summary>Full names of the types that it is for.</summary>
    public IReadOnlyList<string> TypeNames { get; }

    /// <exception cref="System.Xml.XmlException">The file is no XML.</exception>
    public static IReadOnlyList<FormatView> Load(string file) =>
        XDocument.Load(file).Descendants("View").Where(view => view.Element("TableControl") is not null).Select(Parse).ToList();

    public IReadOnlyList<Column> ColumnsFor(Type type)
    {
        var properties = RecordProperties.Shown(type).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        return _columns.Where(c => properties.ContainsKey(c.Property)).Select(c =>
        {
            var property = properties[c.Property];
            bool right = c.Alignment?.Equals("Right", StringComparison.OrdinalIgnoreCase) ?? CellText.IsNumber(property.PropertyType);
            return new Column(c.Label ?? property.Name, property, right, c.Width, c.Format);
        }).ToList();
    }

    /// <summary>What the rows of one table have in common; null when the view does not group.</summary>
    public PropertyInfo? GroupFor(Type type) =>
        _groupBy is null ? null : RecordProperties.Shown(type).FirstOrDefault(p => p.Name.Equals(_groupBy, StringComparison.OrdinalIgnoreCase));

    private static FormatView Parse(XElement view)
    {
        var table = view.Element("TableControl")!;
        var headers = table.Element("TableHeaders")?.Elements("TableColumnHeader").ToList() ?? [];
        var items = table.Descendants("TableRowEntry").FirstOrDefault()?.Descendants("TableColumnItem").ToList() ?? [];
        var columns = new List<ViewColumn>();
        for (int i = 0; i < items.Count; i++)
        {
            var header = i < headers.Count ? headers[i] : null;
            if (items[i].Element("PropertyName")?.Value.Trim() is { Length: > 0 } property)
            {
                columns.Add(new ViewColumn(
                    property,
                    header?.Element("Label")?.Value.Trim(),
                    header?.Element("Width") is { } width ? int.Parse(width.Value, CultureInfo.InvariantCulture) : null,
                    (items[i].Element("Alignment") ?? header?.Element("Alignment"))?.Value.Trim(),
                    items[i].Element("FormatString")?.Value));
            }
        }

        return new FormatView(view.Element("ViewSelectedBy")?.Elements("TypeName").Select(t => t.Value.Trim()).ToList() ?? [], columns, view.Element("GroupBy")?.Element("PropertyName")?.Value.Trim());
    }

    private sealed record ViewColumn(string Property, string? Label, int? Width, string? Alignment, string? Format);
}
