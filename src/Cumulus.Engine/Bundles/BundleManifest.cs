using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// What an archive holds, in a file beside it; <c>docs/guides/bundle-format.md</c> describes the schema. Equal content gives
/// an equal manifest: no time and no machine in it.
/// </summary>
public sealed record BundleManifest
{
    /// <summary>What is put after an archive's name or key.</summary>
    public const string Suffix = ".manifest.json";

    public const int CurrentSchema = 1;

    /// <summary>How Cumulus writes its documents: camel case, modes in octal, nothing for null.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new ModeConverter(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static readonly JsonSerializerOptions ManifestJson = new(Json) { Converters = { new BundleEntryConverter() } };

    public required int Schema { get; init; }

    /// <summary>Program and version that made the archive.</summary>
    public required string Tool { get; init; }

    public required string Name { get; init; }

    public string? Environment { get; init; }

    public string? Version { get; init; }

    /// <summary>File name of the archive.</summary>
    public required string Archive { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the archive's bytes, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>See <see cref="ContentDigest"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>The commit that the content came from; null when its folder is no git work tree.</summary>
    public BundleOrigin? Source { get; init; }

    /// <summary>In <see cref="ArchiveName.Order"/>.</summary>
    public required IReadOnlyList<BundleEntry> Entries { get; init; }

    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleInvalid"/>, or what <see cref="Validate"/> throws.</exception>
    public static async Task<BundleManifest> ReadAsync(string path, bool forWindows, CancellationToken cancellationToken) =>
        Read(await File.ReadAllBytesAsync(path, cancellationToken), path, forWindows);

    /// <param name="utf8">The manifest's bytes, such as a signature was verified for.</param>
    /// <param name="source">Where they came from, for messages.</param>
    /// <exception cref="CumulusException">As <see cref="ReadAsync"/>.</exception>
    public static BundleManifest Read(ReadOnlySpan<byte> utf8, string source, bool forWindows)
    {
        BundleManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BundleManifest>(utf8, ManifestJson);
        }
        catch (JsonException e)
        {
            throw Invalid(source, $"is not a bundle manifest: {e.Message}", e);
        }

        if (manifest is null) throw Invalid(source, "is empty");
        if (manifest.Schema > CurrentSchema) throw Invalid(source, $"has schema {manifest.Schema}; this version of Cumulus reads up to {CurrentSchema}");
        manifest.Validate(source, forWindows);
        return manifest;
    }

    public async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        await WriteAsync(stream, cancellationToken);
    }

    public async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        await JsonSerializer.SerializeAsync(stream, this, ManifestJson, cancellationToken);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The document as it lies beside an archive.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleUnsafe"/>; <see cref="ErrorIds.BundleDigestMismatch"/> when the entries do not give the digest.</exception>
    private void Validate(string path, bool forWindows)
    {
        // As long as all the rest of it; the other processor is free.
        Task<string> digest = Task.Run(() => ContentDigest.Of(Entries));
        var names = new NameTable(forWindows);
        foreach (BundleEntry entry in Entries)
        {
            string? problem = ArchiveName.Problem(entry.Name, forWindows)
                ?? (entry.Type == BundleEntryType.Link ? ArchiveName.LinkProblem(entry.Name, entry.LinkTarget ?? "", forWindows) : null)
                ?? (entry.Type == BundleEntryType.File && entry.Sha256 is null ? "has no SHA-256" : null)
                ?? (names.Add(entry.Name, entry.Type) is { } other ? $"meets '{other}'" : null);
            if (problem is null) continue;
            throw new CumulusException(ErrorIds.BundleUnsafe, FailureKind.SecurityViolation, $"The manifest {path} is refused: '{entry.Name}' {problem}.") { Target = path };
        }

        if (digest.GetAwaiter().GetResult() == Digest) return;
        throw new CumulusException(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"The entries of {path} do not give the digest that it names, {Digest}.") { Target = path };
    }

    private static CumulusException Invalid(string path, string what, Exception? cause = null) =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"{path} {what}.", cause) { Target = path };

    private sealed class ModeConverter : JsonConverter<UnixFileMode>
    {
        public override UnixFileMode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            EntryMode.Parse(reader.GetString() ?? "") ?? throw new JsonException("a mode is three or four octal digits");

        public override void Write(Utf8JsonWriter writer, UnixFileMode value, JsonSerializerOptions options) =>
            writer.WriteStringValue(EntryMode.Octal(value));
    }
}
