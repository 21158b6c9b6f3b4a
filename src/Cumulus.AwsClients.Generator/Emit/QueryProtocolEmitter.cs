using System.Collections.Generic;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>
/// AWS Query and EC2 Query: form-encoded requests, XML answers. Both differ in how names are spelt and lists are counted
/// (smithy.io, "AWS query protocol" and "AWS EC2 query protocol").
/// </summary>
internal sealed class QueryProtocolEmitter(bool ec2) : ProtocolEmitter
{
    public override string Writer => "IQueryShape";

    public override string Reader => "IXmlShape";

    public override void EmitWrite(SourceWriter w, IReadOnlyList<Member> members)
    {
        w.Open("void IQueryShape.Write(QueryWriter w, string p)");
        foreach (var member in members)
        {
            var value = member.Property + (member.IsIdempotencyToken ? " ?? Guid.NewGuid().ToString()" : "");
            w.Line(Write(member, $"p + {Quote(RequestName(member))}", value) + ";");
        }
        w.Close();
    }

    public override void EmitRead(SourceWriter w, IReadOnlyList<Member> members)
    {
        if (members.Count == 0)
        {
            w.Line("void IXmlShape.Read(XElement e) { }");
            return;
        }
        w.Open("void IXmlShape.Read(XElement e)");
        w.Open("foreach (var c in e.Elements())");
        w.Open("switch (c.Name.LocalName)");
        foreach (var member in members)
            w.Line($"case {Quote(ResponseName(member))}: {ReadInto(member)}; break;");
        w.Close();
        w.Close();
        w.Close();
    }

    public override void EmitWrappedRead(SourceWriter w, string property, string type) =>
        w.Line($"void IXmlShape.Read(XElement e) => {property} = Xml.Shape<{type}>(e);");

    public override string Service(ServiceModel model) =>
        $"new QueryService({Quote(model.ServiceId)}, {Quote(model.ApiVersion)}, {(ec2 ? "true" : "false")}, Error)";

    public override string Options(Operation operation) =>
        $"Service.Options<{operation.Response}>({Quote(operation.Name)}, {(ec2 ? "null" : Quote(operation.ResultWrapper ?? operation.Name + "Result"))})";

    private string RequestName(Member member)
    {
        if (ec2)
            return member.QueryName ?? (member.LocationName is { } name ? Names.Pascal(name) : member.Name);
        return member.IsFlattened && member.Shape.Kind == ShapeKind.List && member.Shape.Item!.LocationName is { } item ? item : member.WireName;
    }

    private static string ResponseName(Member member) =>
        member.IsFlattened && member.Shape.Kind == ShapeKind.List && member.Shape.Item!.LocationName is { } item ? item : member.WireName;

    private string ItemName(Shape list) => list.Item!.LocationName ?? (ec2 ? "item" : "member");

    private string Write(Member member, string name, string value)
    {
        var shape = member.Shape;
        if (member.Substitute is { } substitute)
            return substitute.InnerName is { } inner ? $"w.Add({name} + {Quote("." + inner)}, {value})" : $"w.Add({name}, {value})";
        switch (shape.Kind)
        {
            case ShapeKind.List:
                var item = ec2 || member.IsFlattened ? "null" : Quote(ItemName(shape));
                return $"w.List({name}, {item}, {value}, static (w, n, v) => {Write(shape.Item!, "n", "v")})";
            case ShapeKind.Map:
                var entry = member.IsFlattened ? "null" : Quote("entry");
                return $"w.Map({name}, {entry}, {KeyName(shape)}, {ValueName(shape)}, {value}, static (w, n, v) => {Write(shape.Item!, "n", "v")})";
            case ShapeKind.Timestamp when member.TimestampFormat is not (null or "iso8601"):
                throw new ModelException($"{member.Name} has the timestamp format {member.TimestampFormat}, which is not supported here");
            default:
                return $"w.Add({name}, {value})";
        }
    }

    private string ReadInto(Member member)
    {
        var shape = member.Shape;
        if (member.Substitute != null)
            return $"{member.Property} = {Read(member, "c")}";
        return shape.Kind switch
        {
            ShapeKind.List when member.IsFlattened => $"{member.Property} = Xml.Append<{Types.Element(shape.Item!)}>({member.Property}, c, {Function(shape.Item!)})",
            ShapeKind.List => $"{member.Property} = Xml.List<{Types.Element(shape.Item!)}>({member.Property}, c, {Quote(ItemName(shape))}, {Function(shape.Item!)})",
            ShapeKind.Map => $"{member.Property} = {Map(member, "c")}",
            _ => $"{member.Property} = {Read(member, "c")}",
        };
    }

    private string Function(Member item) => $"static e => {Read(item, "e")}{(Types.IsValue(item) ? ".GetValueOrDefault()" : "")}";

    private string Read(Member member, string element)
    {
        var shape = member.Shape;
        if (member.Substitute is { } substitute)
        {
            var inner = substitute.InnerName is { } name ? $"Xml.Child({element}, {Quote(ec2 ? Names.Camel(name) : name)})" : element;
            return $"Xml.{Types.Accessor(substitute.Kind)}({inner})";
        }
        return shape.Kind switch
        {
            ShapeKind.Structure => $"Xml.Shape<{Names.Pascal(shape.Name)}>({element})",
            ShapeKind.List => $"Xml.List<{Types.Element(shape.Item!)}>(null, {element}, {Quote(ItemName(shape))}, {Function(shape.Item!)})",
            ShapeKind.Map => Map(member, element),
            _ => $"Xml.{Types.Accessor(shape.Kind)}({element})",
        };
    }

    private string Map(Member member, string element)
    {
        if (member.IsFlattened)
            throw new ModelException($"{member.Shape.Name} is a flattened map in an answer, which is not supported");
        return $"Xml.Map<{Types.Element(member.Shape.Item!)}>({element}, {KeyName(member.Shape)}, {ValueName(member.Shape)}, {Function(member.Shape.Item!)})";
    }

    private static string KeyName(Shape map) => Quote(map.Key!.LocationName ?? "key");

    private static string ValueName(Shape map) => Quote(map.Item!.LocationName ?? "value");
}
