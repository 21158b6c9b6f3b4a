using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulus.Engine.Bundles;

/// <summary>Writes each entry of a manifest on one line: tens of thousands of them are read by programs, and compared line by line.</summary>
internal sealed class BundleEntryConverter : JsonConverter<BundleEntry>
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? line;

    public override BundleEntry? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? name = null, sha256 = null, linkTarget = null;
        BundleEntryType? type = null;
        UnixFileMode? mode = null;
        long size = 0;
        long? dataOffset = null, dataLength = null;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("an entry is an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "name"u8)) name = reader.GetString();
            else if (Is(ref reader, "type"u8)) type = EntryType(reader.GetString());
            else if (Is(ref reader, "mode"u8)) mode = EntryMode.Parse(reader.GetString() ?? "") ?? throw new JsonException("a mode is three or four octal digits");
            else if (Is(ref reader, "size"u8)) size = reader.GetInt64();
            else if (Is(ref reader, "sha256"u8)) sha256 = reader.GetString();
            else if (Is(ref reader, "linkTarget"u8)) linkTarget = reader.GetString();
            else if (Is(ref reader, "dataOffset"u8)) dataOffset = reader.GetInt64();
            else if (Is(ref reader, "dataLength"u8)) dataLength = reader.GetInt64();
            else reader.Skip();
        }

        return new BundleEntry
        {
            Name = name ?? throw new JsonException("an entry has no name"),
            Type = type ?? throw new JsonException($"entry '{name}' has no type"),
            Mode = mode ?? throw new JsonException($"entry '{name}' has no mode"),
            Size = size,
            Sha256 = sha256,
            LinkTarget = linkTarget,
            DataOffset = dataOffset,
            DataLength = dataLength,
        };
    }

    public override void Write(Utf8JsonWriter writer, BundleEntry value, JsonSerializerOptions options)
    {
        buffer ??= new ArrayBufferWriter<byte>(1024);
        line ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true });
        buffer.ResetWrittenCount();
        buffer.Write("\n    "u8);
        line.Reset();
        line.WriteStartObject();
        line.WriteString("name"u8, value.Name);
        line.WriteString("type"u8, value.Type switch
        {
            BundleEntryType.File => "file"u8,
            BundleEntryType.Folder => "folder"u8,
            _ => "link"u8,
        });
        line.WriteString("mode"u8, EntryMode.Octal(value.Mode));
        line.WriteNumber("size"u8, value.Size);
        if (value.Sha256 is not null) line.WriteString("sha256"u8, value.Sha256);
        if (value.LinkTarget is not null) line.WriteString("linkTarget"u8, value.LinkTarget);
        if (value.DataOffset is { } offset) line.WriteNumber("dataOffset"u8, offset);
        if (value.DataLength is { } length) line.WriteNumber("dataLength"u8, length);
        line.WriteEndObject();
        line.Flush();
        writer.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
    }

    // Goes on to the value of the member that is asked for; of any other one the reader's own Skip does.
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    private static BundleEntryType EntryType(string? text) => text switch
    {
        "file" => BundleEntryType.File,
        "folder" => BundleEntryType.Folder,
        "link" => BundleEntryType.Link,
        _ => throw new JsonException($"an entry is a file, a folder or a link, and not '{text}'"),
    };
}
