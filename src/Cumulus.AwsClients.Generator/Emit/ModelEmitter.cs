using System.Collections.Generic;
using System.Linq;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>Requests, responses and the structures inside them.</summary>
internal sealed class ModelEmitter
{
    private readonly ServiceModel _model;
    private readonly ProtocolEmitter _protocol;
    private readonly HashSet<Shape> _written = [];
    private readonly HashSet<Shape> _read = [];

    public ModelEmitter(ServiceModel model)
    {
        _model = model;
        _protocol = ProtocolEmitter.For(model.Protocol);
        foreach (var operation in model.Operations)
        {
            VisitMembers(operation.Input, _written);
            if (operation.WrapProperty == null)
                VisitMembers(operation.Output, _read);
            else
                Visit(operation.Output!, _read);
        }
        foreach (var exception in model.Shapes.Where(s => s.IsException))
            VisitMembers(exception, _read);
    }

    /// <summary>Constants that some request or answer has.</summary>
    public IEnumerable<Shape> Enums => _model.Shapes.Where(s => s.IsEnum && (_written.Contains(s) || _read.Contains(s)));

    public string Emit()
    {
        var w = new SourceWriter(_model.Namespace + ".Model");
        foreach (var operation in _model.Operations)
        {
            EmitClass(w, operation.Request, $"Amazon{_model.ClassName}Request", operation.Input?.Members ?? [], true, false);
            if (operation.WrapProperty is { } property)
                EmitWrapped(w, operation.Response, property, Names.Pascal(operation.Output!.Name));
            else
                EmitClass(w, operation.Response, "AmazonWebServiceResponse", operation.Output?.Members ?? [], false, true);
        }
        foreach (var shape in _model.Shapes.Where(s => s.Kind == ShapeKind.Structure && (_written.Contains(s) || _read.Contains(s))))
            EmitClass(w, Names.Pascal(shape.Name), null, shape.Members, _written.Contains(shape), _read.Contains(shape));
        return w.ToString();
    }

    private static void Visit(Shape shape, HashSet<Shape> reached)
    {
        if (reached.Add(shape))
            VisitMembers(shape, reached);
    }

    private static void VisitMembers(Shape? shape, HashSet<Shape> reached)
    {
        if (shape == null)
            return;
        foreach (var member in shape.Members.Concat(new[] { shape.Key, shape.Item }.OfType<Member>()).Where(m => m.Substitute == null))
            Visit(member.Shape, reached);
    }

    private void EmitClass(SourceWriter w, string name, string? baseClass, IReadOnlyList<Member> members, bool isWritten, bool isRead)
    {
        var bases = new[] { baseClass, isWritten ? _protocol.Writer : null, isRead ? _protocol.Reader : null }.OfType<string>();
        w.Line();
        w.Open($"public partial class {name} : {string.Join(", ", bases)}");
        EmitProperties(w, members, _model.Namespace);
        if (isWritten)
        {
            w.Line();
            _protocol.EmitWrite(w, members);
        }
        if (isRead)
        {
            w.Line();
            _protocol.EmitRead(w, members);
        }
        w.Close();
    }

    public static void EmitProperties(SourceWriter w, IReadOnlyList<Member> members, string ns)
    {
        foreach (var member in members)
        {
            var type = Types.Property(member, ns);
            var isCollection = member.Substitute == null && member.Shape.Kind is ShapeKind.List or ShapeKind.Map;
            w.Line($"public {type} {member.Property} {{ get; set; }}{(isCollection ? $" = AWSConfigs.InitializeCollections ? new {type}() : null;" : "")}");
        }
    }

    private void EmitWrapped(SourceWriter w, string name, string property, string type)
    {
        w.Line();
        w.Open($"public partial class {name} : AmazonWebServiceResponse, {_protocol.Reader}");
        w.Line($"public {type} {property} {{ get; set; }}");
        w.Line();
        _protocol.EmitWrappedRead(w, property, type);
        w.Close();
    }
}
