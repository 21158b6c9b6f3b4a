using System.Globalization;
using System.Text.Json;
using Amazon.Runtime;

namespace Cumulus.AwsClients;

/// <summary>Writes values into JSON requests and reads them out of JSON answers.</summary>
internal static class Json
{
    public static void Write(Utf8JsonWriter w, IJsonWritable value)
    {
        w.WriteStartObject();
        value.Write(w);
        w.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter w, string value) => w.WriteStringValue(value);

    public static void Write(Utf8JsonWriter w, ConstantClass value) => w.WriteStringValue(value.Value);

    public static void Write(Utf8JsonWriter w, bool value) => w.WriteBooleanValue(value);

    public static void Write(Utf8JsonWriter w, int value) => w.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter w, long value) => w.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter w, float value) => w.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter w, double value) => w.WriteNumberValue(value);

    public static void Write(Utf8JsonWriter w, DateTime value) => w.WriteNumberValue(Timestamps.ToUnixSeconds(value));

    public static void Write(Utf8JsonWriter w, MemoryStream value) => w.WriteBase64StringValue(value.ToArray());

    public static void List<T>(Utf8JsonWriter w, List<T> list, Action<Utf8JsonWriter, T> write)
    {
        w.WriteStartArray();
        foreach (var item in list)
            write(w, item);
        w.WriteEndArray();
    }

    public static void Map<T>(Utf8JsonWriter w, Dictionary<string, T> map, Action<Utf8JsonWriter, T> write)
    {
        w.WriteStartObject();
        foreach (var (key, value) in map)
        {
            w.WritePropertyName(key);
            write(w, value);
        }
        w.WriteEndObject();
    }

    public static string? String(JsonElement e) => e.GetString();

    public static int Int(JsonElement e) => e.GetInt32();

    public static long Long(JsonElement e) => e.GetInt64();

    public static float Float(JsonElement e) => e.GetSingle();

    public static double Double(JsonElement e) => e.GetDouble();

    public static bool Bool(JsonElement e) => e.GetBoolean();

    public static DateTime Time(JsonElement e) => e.ValueKind == JsonValueKind.Number
        ? Timestamps.FromUnixSeconds(decimal.Parse(e.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture))
        : Timestamps.FromIso8601(e.GetString()!);

    public static MemoryStream Blob(JsonElement e) => new(e.GetBytesFromBase64());

    public static T Shape<T>(JsonElement e) where T : IJsonReadable, new()
    {
        var shape = new T();
        shape.Read(e);
        return shape;
    }

    public static List<T> List<T>(JsonElement e, Func<JsonElement, T> read) => [.. e.EnumerateArray().Select(read)];

    public static Dictionary<string, T> Map<T>(JsonElement e, Func<JsonElement, T> read) =>
        e.EnumerateObject().ToDictionary(p => p.Name, p => read(p.Value), StringComparer.Ordinal);
}
