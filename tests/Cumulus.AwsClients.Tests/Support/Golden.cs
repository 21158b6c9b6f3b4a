using System.Text.Json;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>Rows of the files that golden/make.py wrote.</summary>
internal static class Golden
{
    public static IReadOnlyList<JsonElement> Rows(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "golden", file)));
        return [.. document.RootElement.Clone().EnumerateArray()];
    }

    public static string Text(this JsonElement row, string key) => row.GetProperty(key).GetString()!;
}
