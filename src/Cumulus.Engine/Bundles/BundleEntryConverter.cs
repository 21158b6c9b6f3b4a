using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulus.Engine.Bundles;

/// <summary>Writes each entry of a manifest on one line: tens of thousands of them are read by programs, and compared line by line.</summary>
internal sealed class BundleEntryConverter(JsonSerializerOptions plain) : JsonConverter<BundleEntry>
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? line;

    public override BundleEntry? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize<BundleEntry>(ref reader, plain);

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
}
