using System.Linq;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>One class per modelled error, with the members that the model gives it besides the message.</summary>
internal static class ExceptionEmitter
{
    private static readonly (string Parameters, string Arguments)[] Constructors =
    [
        ("string message", "message"),
        ("string message, Exception innerException", "message, innerException"),
        ("string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode", "message, errorType, errorCode, requestId, statusCode"),
        ("string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode", "message, innerException, errorType, errorCode, requestId, statusCode"),
    ];

    public static string EmitBase(ServiceModel model)
    {
        var w = new SourceWriter(model.Namespace);
        EmitClass(w, $"Amazon{model.ClassName}Exception", "AmazonServiceException", null, null);
        return w.ToString();
    }

    public static string Emit(ServiceModel model)
    {
        var w = new SourceWriter(model.Namespace + ".Model");
        var protocol = ProtocolEmitter.For(model.Protocol);
        foreach (var shape in model.Shapes.Where(s => s.IsException))
            EmitClass(w, Names.Exception(shape.Name), $"Amazon{model.ClassName}Exception", shape, protocol, model.Namespace);
        return w.ToString();
    }

    private static void EmitClass(SourceWriter w, string name, string baseClass, Shape? shape, ProtocolEmitter? protocol, string ns = "")
    {
        Member[] members = shape == null ? [] : [.. shape.Members.Where(m => m.Property != "Message")];
        w.Line();
        w.Open($"public partial class {name} : {baseClass}{(members.Length > 0 ? ", " + protocol!.Reader : "")}");
        foreach (var (parameters, arguments) in Constructors)
            w.Line($"public {name}({parameters}) : base({arguments}) {{ }}");
        if (members.Length > 0)
        {
            w.Line();
            ModelEmitter.EmitProperties(w, members, ns);
            w.Line();
            protocol!.EmitRead(w, members);
        }
        w.Close();
    }
}
