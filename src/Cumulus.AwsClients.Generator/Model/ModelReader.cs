using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Cumulus.AwsClients.Generator.Model;

/// <summary>Reads what <c>trim.py</c> wrote. Everything that the emitters rely on is checked here.</summary>
internal sealed class ModelReader
{
    private readonly JsonElement _metadata;
    private readonly JsonElement _names;
    private readonly JsonElement _operations;
    private readonly JsonElement _paginators;
    private readonly JsonElement _shapes;
    private readonly Dictionary<string, Shape> _linked = [];

    private ModelReader(JsonElement root)
    {
        _metadata = Section(root, "metadata");
        _names = Section(root, "names");
        _operations = Section(root, "operations");
        _paginators = Section(root, "paginators");
        _shapes = Section(root, "shapes");
    }

    /// <exception cref="ModelException">The text is no JSON or no usable model; the message says what is wrong.</exception>
    public static ServiceModel Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new ModelReader(document.RootElement).Read();
        }
        catch (JsonException e)
        {
            throw new ModelException("it is no JSON: " + e.Message);
        }
    }

    private ServiceModel Read()
    {
        var prefix = Required(_metadata, "endpointPrefix", "metadata");
        var model = new ServiceModel
        {
            Namespace = "Amazon." + Required(_names, "namespace", "names"),
            ClassName = Required(_names, "class", "names"),
            Protocol = ReadProtocol(),
            ApiVersion = Required(_metadata, "apiVersion", "metadata"),
            EndpointPrefix = prefix,
            SigningName = Text(_metadata, "signingName") ?? prefix,
            ServiceId = Required(_metadata, "serviceId", "metadata"),
            TargetPrefix = Text(_metadata, "targetPrefix"),
            JsonVersion = Text(_metadata, "jsonVersion"),
            ThrottlingCodes = Strings(_names, "throttlingCodes"),
            HasFipsNameInGovCloud = Flag(_names, "fipsNameInGovCloud"),
            IsQueryCompatible = _metadata.TryGetProperty("awsQueryCompatible", out _),
        };
        if (model.Protocol == Protocol.Json && (model.TargetPrefix == null || model.JsonVersion == null))
            throw new ModelException("a JSON service needs metadata.targetPrefix and metadata.jsonVersion");
        foreach (var shape in _shapes.EnumerateObject())
            Link(shape.Name);
        CheckCustomizations();
        var withoutArgument = new HashSet<string>(Strings(_names, "withoutArgument"), StringComparer.Ordinal);
        model.Operations = [.. _operations.EnumerateObject().Select(o => ReadOperation(o, withoutArgument)).OrderBy(o => o.Name, StringComparer.Ordinal)];
        model.Shapes = [.. _linked.Values.OrderBy(s => s.Name, StringComparer.Ordinal)];
        return model;
    }

    private Protocol ReadProtocol() => Required(_metadata, "protocol", "metadata") switch
    {
        "query" => Protocol.Query,
        "ec2" => Protocol.Ec2,
        "json" => Protocol.Json,
        var other => throw new ModelException($"the protocol {other} is not supported"),
    };

    private Operation ReadOperation(JsonProperty entry, HashSet<string> withoutArgument)
    {
        var (json, name) = (entry.Value, entry.Name);
        var input = json.TryGetProperty("input", out var i) ? i : default;
        var output = json.TryGetProperty("output", out var o) ? o : default;
        var operation = new Operation(name)
        {
            Input = input.ValueKind == JsonValueKind.Undefined ? null : Link(Required(input, "shape", name)),
            Output = output.ValueKind == JsonValueKind.Undefined ? null : Link(Required(output, "shape", name)),
            ResultWrapper = output.ValueKind == JsonValueKind.Undefined ? null : Text(output, "resultWrapper"),
            WrapProperty = Custom("wrap", name)?.GetString(),
            HasOverloadWithoutArgument = withoutArgument.Contains(name),
        };
        if (operation.WrapProperty != null && operation.Output == null)
            throw new ModelException($"names.wrap names {name}, which has no output");
        foreach (var error in Strings(json, "errors"))
        {
            if (!Link(error).IsException)
                throw new ModelException($"{name} names the error {error}, which is no exception");
        }
        if (_paginators.TryGetProperty(name, out var paginator))
            operation.Paginator = ReadPaginator(operation, paginator);
        return operation;
    }

    private static Paginator ReadPaginator(Operation operation, JsonElement json)
    {
        Member Find(Shape? shape, string key, string name) =>
            shape?.Members.FirstOrDefault(m => m.Name == name)
            ?? throw new ModelException($"the paginator of {operation.Name} has the {key} {name}, which is no member there");
        Member Token(Shape? shape, string key)
        {
            var token = Find(shape, key, Required(json, key, $"paginator of {operation.Name}"));
            return token.Shape.Kind == ShapeKind.String ? token : throw new ModelException($"the {key} of {operation.Name} is no string");
        }

        var more = Text(json, "more_results");
        return new Paginator(
            Token(operation.Input, "input_token"),
            Token(operation.Output, "output_token"),
            more == null ? null : Find(operation.Output, "more_results", more),
            [.. Strings(json, "result_key").Select(name => Find(operation.Output, "result_key", name)).Where(m => m.Shape.Kind == ShapeKind.List)]);
    }

    private Shape Link(string name)
    {
        if (_linked.TryGetValue(name, out var known))
            return known;
        if (!_shapes.TryGetProperty(name, out var json))
            throw new ModelException($"the shape {name} is missing");
        var shape = new Shape(name, ReadKind(Required(json, "type", name), name));
        // Shapes may contain themselves, so a shape is known before its members are.
        _linked.Add(name, shape);
        shape.EnumValues = Strings(json, "enum");
        shape.IsException = Flag(json, "exception");
        if (json.TryGetProperty("error", out var error))
            shape.ErrorCode = Text(error, "code") ?? name;
        switch (shape.Kind)
        {
            case ShapeKind.Structure:
                shape.Members = json.TryGetProperty("members", out var members)
                    ? [.. members.EnumerateObject().Select(m => ReadMember(m.Name, m.Value, name)).OrderBy(m => m.Property, StringComparer.Ordinal)]
                    : [];
                CheckProperties(shape);
                break;
            case ShapeKind.List:
                shape.Item = ReadMember("", Part(json, "member", name), name);
                break;
            case ShapeKind.Map:
                shape.Key = ReadMember("", Part(json, "key", name), name);
                shape.Item = ReadMember("", Part(json, "value", name), name);
                if (shape.Key.Shape.Kind != ShapeKind.String)
                    throw new ModelException($"the keys of {name} are no strings");
                break;
        }
        return shape;
    }

    private Member ReadMember(string name, JsonElement json, string owner)
    {
        var shapeName = Required(json, "shape", owner);
        var shape = Link(shapeName);
        var target = _shapes.GetProperty(shapeName);
        return new Member(name, shape)
        {
            Property = Custom("rename", $"{owner}.{name}")?.GetString() ?? Names.Pascal(name),
            LocationName = Text(json, "locationName") ?? Text(target, "locationName"),
            QueryName = Text(json, "queryName"),
            IsFlattened = Flag(json, "flattened") || Flag(target, "flattened"),
            IsIdempotencyToken = Flag(json, "idempotencyToken"),
            TimestampFormat = Text(json, "timestampFormat") ?? Text(target, "timestampFormat"),
            Substitute = ReadSubstitute(shapeName),
        };
    }

    private Substitute? ReadSubstitute(string shape) =>
        Custom("substitute", shape) is { } json ? new Substitute(ReadKind(Required(json, "type", shape), shape), Text(json, "member")) : null;

    private static ShapeKind ReadKind(string type, string shape) => type switch
    {
        "structure" => ShapeKind.Structure,
        "list" => ShapeKind.List,
        "map" => ShapeKind.Map,
        "string" or "character" => ShapeKind.String,
        "integer" => ShapeKind.Integer,
        "long" => ShapeKind.Long,
        "float" => ShapeKind.Float,
        "double" => ShapeKind.Double,
        "boolean" => ShapeKind.Boolean,
        "timestamp" => ShapeKind.Timestamp,
        "blob" => ShapeKind.Blob,
        _ => throw new ModelException($"the shape {shape} has the type {type}, which is not supported"),
    };

    private static void CheckProperties(Shape shape)
    {
        if (shape.Members.FirstOrDefault(m => m.Property == Names.Pascal(shape.Name)) is { } same)
            throw new ModelException($"{shape.Name}.{same.Name} would be a property with the name of its class: add it to names.rename");
        if (shape.Members.GroupBy(m => m.Property).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ModelException($"{shape.Name} would have the property {twice.Key} twice");
    }

    /// <summary>A customization that hits nothing is a misspelt one.</summary>
    private void CheckCustomizations()
    {
        foreach (var name in Keys("wrap").Concat(Strings(_names, "withoutArgument")).Where(n => !_operations.TryGetProperty(n, out _)))
            throw new ModelException($"names speaks of the operation {name}, which the model does not have");
        foreach (var name in Keys("substitute").Where(n => !_shapes.TryGetProperty(n, out _)))
            throw new ModelException($"names.substitute speaks of the shape {name}, which the model does not have");
        foreach (var name in Keys("rename"))
        {
            var parts = name.Split('.');
            if (parts.Length != 2 || !_linked.TryGetValue(parts[0], out var shape) || shape.Members.All(m => m.Name != parts[1]))
                throw new ModelException($"names.rename speaks of {name}, which the model does not have");
        }
    }

    private IEnumerable<string> Keys(string section) =>
        _names.TryGetProperty(section, out var map) ? map.EnumerateObject().Select(p => p.Name) : [];

    private JsonElement? Custom(string section, string key) =>
        _names.TryGetProperty(section, out var map) && map.TryGetProperty(key, out var value) ? value : null;

    private static JsonElement Section(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var section) && section.ValueKind == JsonValueKind.Object
            ? section
            : throw new ModelException($"it has no section \"{name}\"");

    private static JsonElement Part(JsonElement json, string key, string owner) =>
        json.TryGetProperty(key, out var part) ? part : throw new ModelException($"{owner} has no \"{key}\"");

    private static string Required(JsonElement json, string key, string owner) =>
        Text(json, key) ?? throw new ModelException($"{owner} has no \"{key}\"");

    private static string? Text(JsonElement json, string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement json, string key) =>
        json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>A list of strings; one string alone counts as a list of one.</summary>
    private static IReadOnlyList<string> Strings(JsonElement json, string key) => !json.TryGetProperty(key, out var value) ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
        : throw new ModelException($"\"{key}\" is no list of strings");
}
