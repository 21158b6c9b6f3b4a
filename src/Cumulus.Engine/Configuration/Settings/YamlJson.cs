using System.Text;
using System.Text.Json;
using Cumulus.Engine.Configuration.Yaml;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>A YAML mapping as JSON. Any scalar is a text, as everywhere in a configuration: policies have no other values.</summary>
internal static class YamlJson
{
    // More than any policy may have; aliases can multiply without end.
    private const int MaximumLength = 1_000_000;

    /// <summary>Null when it would be too long.</summary>
    public static string? Text(YamlMapping mapping)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(mapping, writer);
            if (IsTooLong(writer)) return null;
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static bool IsTooLong(Utf8JsonWriter writer) => writer.BytesCommitted + writer.BytesPending > MaximumLength;

    private static void Write(YamlNode node, Utf8JsonWriter writer)
    {
        if (IsTooLong(writer))
        {
            writer.WriteNullValue();
            return;
        }

        switch (node)
        {
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (YamlEntry entry in mapping.Entries.TakeWhile(_ => !IsTooLong(writer)))
                {
                    writer.WritePropertyName(entry.Key);
                    Write(entry.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case YamlSequence sequence:
                writer.WriteStartArray();
                foreach (YamlNode item in sequence.Items.TakeWhile(_ => !IsTooLong(writer))) Write(item, writer);
                writer.WriteEndArray();
                break;
            case YamlScalar scalar:
                writer.WriteStringValue(scalar.Text);
                break;
        }
    }
}
