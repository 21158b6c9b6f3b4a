using System.Collections.Generic;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>AWS JSON 1.0 and 1.1 (smithy.io, "AWS JSON protocol").</summary>
internal sealed class JsonProtocolEmitter : ProtocolEmitter
{
    public override string Writer => "IJsonWritable";

    public override string Reader => "IJsonReadable";

    public override void EmitWrite(SourceWriter w, IReadOnlyList<Member> members)
    {
        w.Open("void IJsonWritable.Write(Utf8JsonWriter w)");
        foreach (var member in members)
        {
            var (local, name) = (Names.Camel(member.Property) + "_", Quote(member.WireName));
            if (member.IsIdempotencyToken)
                w.Line($"w.WriteString({name}, {member.Property} ?? Guid.NewGuid().ToString());");
            else
                w.Line($"if ({member.Property} is {{ }} {local}) {{ w.WritePropertyName({name}); {Write(member, local)}; }}");
        }
        w.Close();
    }

    public override void EmitRead(SourceWriter w, IReadOnlyList<Member> members)
    {
        if (members.Count == 0)
        {
            w.Line("void IJsonReadable.Read(JsonElement e) { }");
            return;
        }
        w.Open("void IJsonReadable.Read(JsonElement e)");
        w.Open("foreach (var p in e.EnumerateObject())");
        w.Line("if (p.Value.ValueKind == JsonValueKind.Null) continue;");
        w.Open("switch (p.Name)");
        foreach (var member in members)
            w.Line($"case {Quote(member.WireName)}: {member.Property} = {Read(member, "p.Value")}; break;");
        w.Close();
        w.Close();
        w.Close();
    }

    public override void EmitWrappedRead(SourceWriter w, string property, string type) =>
        w.Line($"void IJsonReadable.Read(JsonElement e) => {property} = Json.Shape<{type}>(e);");

    public override string Service(ServiceModel model) =>
        $"new JsonService({Quote(model.ServiceId)}, {Quote(model.ApiVersion)}, {Quote(model.TargetPrefix!)}, {Quote(model.JsonVersion!)}, {(model.IsQueryCompatible ? "true" : "false")}, Error)";

    public override string Options(Operation operation) => $"Service.Options<{operation.Response}>({Quote(operation.Name)})";

    private static string Write(Member member, string value)
    {
        Check(member);
        var shape = member.Shape;
        return shape.Kind switch
        {
            ShapeKind.List => $"Json.List(w, {value}, static (w, v) => {Write(shape.Item!, "v")})",
            ShapeKind.Map => $"Json.Map(w, {value}, static (w, v) => {Write(shape.Item!, "v")})",
            _ => $"Json.Write(w, {value})",
        };
    }

    private static string Read(Member member, string element)
    {
        Check(member);
        var shape = member.Shape;
        return shape.Kind switch
        {
            ShapeKind.Structure => $"Json.Shape<{Names.Pascal(shape.Name)}>({element})",
            ShapeKind.List => $"Json.List({element}, static e => {Read(shape.Item!, "e")})",
            ShapeKind.Map => $"Json.Map({element}, static e => {Read(shape.Item!, "e")})",
            _ => $"Json.{Types.Accessor(shape.Kind)}({element})",
        };
    }

    private static void Check(Member member)
    {
        if (member.Substitute != null)
            throw new ModelException($"names.substitute speaks of {member.Shape.Name}: only XML services can have substitutes");
        if (member.Shape.Kind == ShapeKind.Timestamp && member.TimestampFormat is not (null or "unixTimestamp"))
            throw new ModelException($"{member.Name} has the timestamp format {member.TimestampFormat}, which is not supported here");
    }
}
