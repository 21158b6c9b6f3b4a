using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Yaml;

namespace Cumulus.Engine.Ghost;

/// <summary>What reading one definition needs everywhere.</summary>
/// <param name="Scripts">Null: no files.</param>
/// <param name="IsGhostDocument">Of Ghost's API: scripts in base64, and an empty text for a field that is not set.</param>
internal sealed record ReadingContext(ProblemCollector Problems, IScriptFiles? Scripts, bool IsGhostDocument)
{
    /// <summary>Where each field stands, by its path, for rules that look at several.</summary>
    public Dictionary<string, Place> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>The field's place, or that of the nearest field around it.</summary>
    public Place PlaceOf(string path)
    {
        for (string at = path; ; at = at[..at.LastIndexOf('.')])
        {
            if (Places.TryGetValue(at, out Place place)) return place;
            if (!at.Contains('.', StringComparison.Ordinal)) return Places.GetValueOrDefault("");
        }
    }

    public void Error(string path, string message) => Problems.Error(PlaceOf(path), path, message);

    public void Warn(string path, string message) => Problems.Warn(PlaceOf(path), path, message);
}

/// <summary>Takes the fields out of one mapping, each by its rule. What is wrong is gathered and read as absent, so that reading goes on.</summary>
internal sealed class FieldReader
{
    private const int LongestScript = 1024 * 1024;

    private readonly ReadingContext _context;
    private readonly Place _place;
    private readonly Dictionary<string, YamlEntry> _fields;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public FieldReader(YamlMapping mapping, string path, ReadingContext context)
    {
        (Path, _context, _place) = (path, context, mapping.Place);
        _fields = mapping.Entries.ToDictionary(e => e.Key, StringComparer.Ordinal);
        context.Places[path] = mapping.Place;
    }

    /// <summary>Empty for the definition itself.</summary>
    public string Path { get; }

    /// <summary>A text; null when it is absent or not allowed.</summary>
    public string? Text(string name, FieldRule? rule = null, bool required = false)
    {
        if (Scalar(name, required) is not { } text) return null;
        if (rule is null || rule.Allows(text)) return text;
        Error(name, $"'{Shown(text)}' is not allowed: it must be {rule.Explanation}.");
        return null;
    }

    /// <summary>As <see cref="Text"/>, with a stand-in for what is missing, so that the definition can be looked at further; there is an error then.</summary>
    public string Required(string name, FieldRule? rule = null) => Text(name, rule, required: true) ?? "";

    /// <summary>One of a few words.</summary>
    public string Choice(string name, string fallback, params string[] words)
    {
        if (Scalar(name, required: false) is not { } text) return fallback;
        if (words.Contains(text)) return text;
        Error(name, $"'{Shown(text)}' is not one of {string.Join(", ", words)}.{ProblemCollector.DidYouMean(text, words)}");
        return fallback;
    }

    public int? Number(string name, int least, int most)
    {
        if (Scalar(name, required: false) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most) return number;
        Error(name, $"'{Shown(text)}' is not allowed: it must be a whole number {(most == int.MaxValue ? $"from {least}" : $"from {least} to {most}")}.");
        return null;
    }

    /// <summary>True or false as a document writes it; Ghost took anything that was there for true (G-26).</summary>
    public bool Truth(string name, bool fallback = false)
    {
        switch (Scalar(name, required: false)?.ToLowerInvariant())
        {
            case null:
                return fallback;
            case "true" or "yes":
                return true;
            case "false" or "no":
                return false;
            case var text:
                Error(name, $"'{Shown(text)}' is neither true nor false.");
                return fallback;
        }
    }

    /// <summary>A script: its text, <c>{ file: NAME }</c>, or base64 in a document of Ghost.</summary>
    public GhostScript? Script(string name)
    {
        if (Node(name) is not { } node) return null;
        if (node is YamlMapping mapping)
        {
            var reader = new FieldReader(mapping, PathOf(name), _context);
            string? file = reader.Text("file", FieldRules.Line, required: true);
            reader.Finish();
            if (file is null) return null;
            if (_context.Scripts?.Read(file) is { } content) return Checked(name, content);
            Error(name, $"There is no script '{file}' beside the definition.");
            return null;
        }

        if (Scalar(name, required: false) is not { } text) return null;
        if (!_context.IsGhostDocument) return Checked(name, text);
        try
        {
            return Checked(name, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(text)));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            Error(name, "This is no script: Ghost keeps scripts as UTF-8 text in base64.");
            return null;
        }
    }

    public IReadOnlyList<string> Texts(string name, FieldRule rule)
    {
        var texts = new List<string>();
        foreach ((YamlNode item, string path) in Items(name))
        {
            if (item is YamlScalar { IsNull: false } scalar && rule.Allows(scalar.Text)) texts.Add(scalar.Text);
            else _context.Error(path, $"{(item is YamlScalar s ? $"'{Shown(s.Text)}'" : "This")} is not allowed: each entry must be {rule.Explanation}.");
        }

        return texts;
    }

    /// <summary>A list of mappings; those that give null are left out.</summary>
    public IReadOnlyList<T> List<T>(string name, Func<FieldReader, T?> read)
        where T : class => List(name, read, ofText: null);

    /// <param name="ofText">Reads an entry that is a plain text; null: there is none such.</param>
    public IReadOnlyList<T> List<T>(string name, Func<FieldReader, T?> read, Func<string, string, T?>? ofText)
        where T : class
    {
        var result = new List<T>();
        foreach ((YamlNode item, string path) in Items(name))
        {
            T? value = null;
            if (item is YamlMapping mapping)
            {
                var reader = new FieldReader(mapping, path, _context);
                value = read(reader);
                reader.Finish();
            }
            else if (ofText is not null && item is YamlScalar { IsNull: false } scalar)
            {
                value = ofText(scalar.Text, path);
            }
            else
            {
                _context.Error(path, "Each entry must be a mapping of fields.");
            }

            if (value is not null) result.Add(value);
        }

        return result;
    }

    /// <summary>A mapping; null when it is absent.</summary>
    public T? Section<T>(string name, Func<FieldReader, T> read)
        where T : class
    {
        if (Node(name) is not { } node) return null;
        if (node is not YamlMapping mapping)
        {
            Error(name, "A mapping of fields is expected here.");
            return null;
        }

        var reader = new FieldReader(mapping, PathOf(name), _context);
        T value = read(reader);
        reader.Finish();
        return value;
    }

    /// <summary>As <see cref="Section"/>, read as empty when it is absent.</summary>
    public T SectionOrEmpty<T>(string name, Func<FieldReader, T> read)
        where T : class => Section(name, read) ?? read(new FieldReader(new YamlMapping(_place, []), PathOf(name), _context));

    /// <summary>Anything, as JSON.</summary>
    public JsonObject? Free(string name)
    {
        if (Node(name) is not { } node) return null;
        if (node is YamlMapping mapping) return (JsonObject)Json(mapping)!;
        Error(name, "A mapping is expected here.");
        return null;
    }

    /// <summary>Fields that nothing reads; with a warning when they are there.</summary>
    public void Unused(string why, params string[] names)
    {
        foreach (string name in names)
        {
            if (Node(name) is not null) _context.Warn(PathOf(name), why);
        }
    }

    /// <summary>Fields that are passed over without a word.</summary>
    public void Skip(params string[] names) => _known.UnionWith(names);

    public bool Has(string name) => Node(name) is not null;

    public void Error(string name, string message) => _context.Error(PathOf(name), message);

    public void Warn(string name, string message) => _context.Warn(PathOf(name), message);

    /// <summary>Reports the fields that nobody asked for.</summary>
    public void Finish()
    {
        foreach (YamlEntry entry in _fields.Values.Where(f => !_known.Contains(f.Key)))
        {
            if (_context.IsGhostDocument && Path.Length == 0 && entry.Key.StartsWith('_')) continue;
            _context.Problems.Error(entry.Place, PathOf(entry.Key), $"There is no field '{entry.Key}' here.{ProblemCollector.DidYouMean(entry.Key, _known)}");
        }
    }

    private IEnumerable<(YamlNode Item, string Path)> Items(string name)
    {
        if (Node(name) is not { } node) yield break;
        if (node is not YamlSequence sequence)
        {
            Error(name, "A list is expected here.");
            yield break;
        }

        for (int i = 0; i < sequence.Items.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{PathOf(name)}.{i + 1}");
            _context.Places[path] = sequence.Items[i].Place;
            yield return (sequence.Items[i], path);
        }
    }

    private string? Scalar(string name, bool required)
    {
        YamlNode? node = Node(name);
        if (node is YamlScalar { Text: var text }) return text;
        if (node is not null) Error(name, "A single text is expected here.");
        else if (required) _context.Problems.Error(_place, PathOf(name), $"The field '{PathOf(name)}' is missing.");
        return null;
    }

    // Ghost's forms send an empty text for what is not filled in.
    private YamlNode? Node(string name)
    {
        _known.Add(name);
        if (!_fields.TryGetValue(name, out YamlEntry? entry)) return null;
        if (entry.Value is YamlScalar scalar && (scalar.IsNull || (_context.IsGhostDocument && scalar.Text.Length == 0))) return null;
        _context.Places[PathOf(name)] = entry.Value.Place;
        return entry.Value;
    }

    private GhostScript? Checked(string name, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length <= LongestScript && !text.Contains('\0', StringComparison.Ordinal)) return new GhostScript(text);
        Error(name, "This is no script: it is longer than 1 MiB, or not text.");
        return null;
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.Select(e => KeyValuePair.Create(e.Key, Json(e.Value)))),
        YamlSequence list => new JsonArray([.. list.Items.Select(Json)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: true, Text: "true" } => JsonValue.Create(true),
        YamlScalar { IsPlain: true, Text: "false" } => JsonValue.Create(false),
        YamlScalar { IsPlain: true } number when long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole)
            && whole.ToString(CultureInfo.InvariantCulture) == number.Text => JsonValue.Create(whole),
        YamlScalar scalar => JsonValue.Create(scalar.Text),
        _ => throw new InvalidOperationException($"{node.GetType().Name} is no known node."),
    };

    private string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private static string Shown(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length > 60 ? line[..57] + "..." : line;
    }
}
