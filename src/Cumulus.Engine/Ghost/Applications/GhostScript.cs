using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Ghost;

/// <summary>A script of an application, as text. Ghost kept them in base64; here that is decoded when a document is read.</summary>
[JsonConverter(typeof(Converter))]
public sealed record GhostScript(string Text)
{
    /// <summary>SHA-256 of the text in UTF-8, as <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public string Digest => "sha256:" + Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    public override string ToString() => $"{Text.Split('\n').Length} lines, {Digest[..15]}";

    private sealed class Converter : JsonConverter<GhostScript>
    {
        public override GhostScript Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, GhostScript value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
    }
}
