using System.Collections.Generic;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>What differs between the protocols: how a class writes itself into a request and reads itself out of an answer.</summary>
internal abstract class ProtocolEmitter
{
    public static ProtocolEmitter For(Protocol protocol) => protocol == Protocol.Json ? new JsonProtocolEmitter() : new QueryProtocolEmitter(protocol == Protocol.Ec2);

    /// <summary>Interface of classes that go into requests.</summary>
    public abstract string Writer { get; }

    /// <summary>Interface of classes that come in answers.</summary>
    public abstract string Reader { get; }

    public abstract void EmitWrite(SourceWriter w, IReadOnlyList<Member> members);

    public abstract void EmitRead(SourceWriter w, IReadOnlyList<Member> members);

    /// <summary>A response whose one property holds the whole output.</summary>
    public abstract void EmitWrappedRead(SourceWriter w, string property, string type);

    /// <summary>Expression for the service's runtime description; <c>Error</c> is the client's exception factory.</summary>
    public abstract string Service(ServiceModel model);

    /// <summary>Expression for the options of one call; <c>Service</c> is in scope.</summary>
    public abstract string Options(Operation operation);

    protected static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}
