using System.Reflection;

namespace Cumulus.Console.Rendering;

/// <summary>One column of a table.</summary>
/// <param name="PreferredWidth">What a view says; null when it says nothing. Only counts where a terminal is too narrow.</param>
/// <param name="Format">Format of a value, such as <c>{0:N0}</c>; null for the usual text.</param>
internal sealed record Column(string Header, PropertyInfo Property, bool RightAligned, int? PreferredWidth = null, string? Format = null)
{
    public string TextOf(object record) => CellText.Of(Property.GetValue(record), Format);
}
