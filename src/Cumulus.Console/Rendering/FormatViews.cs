using System.Reflection;

namespace Cumulus.Console.Rendering;

/// <summary>The table views of the module, read when the first record is to be shown.</summary>
internal sealed class FormatViews(string? file)
{
    private readonly Lazy<IReadOnlyList<FormatView>> _views = new(() => File.Exists(file) ? FormatView.Load(file) : []);

    /// <summary>The columns of the view for a type or for what it derives from; null when there is none.</summary>
    public IReadOnlyList<Column>? ColumnsFor(Type type) => ViewFor(type)?.ColumnsFor(type);

    /// <summary>The property whose value starts a new table when it changes; null when the view does not group.</summary>
    public PropertyInfo? GroupFor(Type type) => ViewFor(type)?.GroupFor(type);

    private FormatView? ViewFor(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (_views.Value.FirstOrDefault(v => v.TypeNames.Contains(level.FullName)) is { } view && view.ColumnsFor(type).Count > 0)
            {
                return view;
            }
        }

        return null;
    }
}
