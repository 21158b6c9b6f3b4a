using System.Collections.Generic;
using System.Linq;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>Configuration, interface and client of a service.</summary>
internal sealed class ClientEmitter(ServiceModel model)
{
    private readonly ProtocolEmitter _protocol = ProtocolEmitter.For(model.Protocol);
    private readonly string _client = $"Amazon{model.ClassName}Client";
    private readonly string _config = $"Amazon{model.ClassName}Config";
    private readonly string _exception = $"Amazon{model.ClassName}Exception";

    private bool HasPaginators => model.Operations.Any(o => o.Paginator != null);

    public string Emit()
    {
        var w = new SourceWriter(model.Namespace);
        w.Line($"using {model.Namespace}.Model;");
        w.Line();
        w.Line($"public partial class Amazon{model.ClassName}Request : AmazonWebServiceRequest;");
        w.Line();
        EmitConfig(w);
        w.Line();
        EmitInterface(w);
        w.Line();
        EmitClient(w);
        return w.ToString();
    }

    private void EmitConfig(SourceWriter w)
    {
        w.Open($"public partial class {_config} : ClientConfig");
        w.Open($"public {_config}() : base(ClientDefaults.Provider())");
        w.Line($"base.ServiceId = \"{model.ServiceId}\";");
        w.Line($"AuthenticationServiceName = \"{model.SigningName}\";");
        w.Line($"EndpointProvider = new RegionalEndpointProvider(\"{model.EndpointPrefix}\", {(model.HasFipsNameInGovCloud ? "true" : "false")});");
        w.Close();
        w.Line();
        w.Line($"public static new string ServiceId => \"{model.ServiceId}\";");
        w.Line($"public override string RegionEndpointServiceName => \"{model.EndpointPrefix}\";");
        w.Line($"public override string ServiceVersion => \"{model.ApiVersion}\";");
        w.Line($"public override string UserAgent => ClientDefaults.UserAgent(\"{model.ServiceId}\");");
        w.Line("public override Amazon.Runtime.Endpoints.Endpoint DetermineServiceOperationEndpoint(Amazon.Runtime.Endpoints.ServiceOperationEndpointParameters parameters) =>");
        w.Line("    RegionalEndpointResolver.Determine(this, parameters);");
        w.Close();
    }

    private void EmitInterface(SourceWriter w)
    {
        w.Open($"public partial interface IAmazon{model.ClassName} : IAmazonService, IDisposable");
        if (HasPaginators)
            w.Line($"I{model.ClassName}PaginatorFactory Paginators {{ get; }}");
        foreach (var (signature, _) in Methods())
            w.Line(signature + ";");
        w.Line();
        w.Line($"static ClientConfig IAmazonService.CreateDefaultClientConfig() => new {_config}();");
        w.Line("static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>");
        w.Line($"    awsCredentials == null ? new {_client}(({_config})clientConfig) : new {_client}(awsCredentials, ({_config})clientConfig);");
        w.Close();
    }

    private void EmitClient(SourceWriter w)
    {
        w.Open($"public partial class {_client} : AmazonServiceClient, IAmazon{model.ClassName}");
        w.Line($"private static readonly {(model.Protocol == Protocol.Json ? "JsonService" : "QueryService")} Service = {_protocol.Service(model)};");
        if (HasPaginators)
            w.Line($"private I{model.ClassName}PaginatorFactory _paginators;");
        w.Line();
        EmitConstructors(w);
        w.Line();
        if (HasPaginators)
            w.Line($"public I{model.ClassName}PaginatorFactory Paginators => _paginators ??= new {model.ClassName}PaginatorFactory(this);");
        w.Line("protected override IServiceMetadata ServiceMetadata => Service;");
        var codes = string.Concat(model.ThrottlingCodes.Select(c => $", \"{c}\""));
        w.Line($"protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) => ClientDefaults.Customize(pipeline, Config{codes});");
        w.Line();
        foreach (var (signature, body) in Methods())
            w.Line($"public virtual {signature} => {body};");
        w.Line();
        w.Open($"private static AmazonServiceException Error(ErrorResponse e) => e.Code switch");
        foreach (var shape in model.Shapes.Where(s => s.IsException))
            w.Line($"\"{shape.ErrorCode}\" => new {Names.Exception(shape.Name)}(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),");
        w.Line($"_ => new {_exception}(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode),");
        w.Close(";");
        w.Close();
    }

    private void EmitConstructors(SourceWriter w)
    {
        foreach (var (parameters, arguments) in new[]
        {
            ("", ""),
            ("AWSCredentials credentials", "credentials"),
            ("string awsAccessKeyId, string awsSecretAccessKey", "awsAccessKeyId, awsSecretAccessKey"),
            ("string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken", "awsAccessKeyId, awsSecretAccessKey, awsSessionToken"),
        })
        {
            var (p, a) = parameters.Length == 0 ? ("", "") : (parameters + ", ", arguments + ", ");
            w.Line($"public {_client}({parameters}) : this({a}new {_config}()) {{ }}");
            w.Line($"public {_client}({p}RegionEndpoint region) : this({a}new {_config} {{ RegionEndpoint = region }}) {{ }}");
            w.Line($"public {_client}({p}{_config} clientConfig) : base({a}clientConfig) {{ }}");
        }
    }

    private IEnumerable<(string Signature, string Body)> Methods()
    {
        foreach (var operation in model.Operations)
        {
            var (name, request, response) = (operation.Name, operation.Request, operation.Response);
            if (operation.HasOverloadWithoutArgument)
                yield return ($"Task<{response}> {name}Async(CancellationToken cancellationToken = default)", $"{name}Async(new {request}(), cancellationToken)");
            yield return (
                $"Task<{response}> {name}Async({request} request, CancellationToken cancellationToken = default)",
                $"InvokeAsync<{response}>(request, {_protocol.Options(operation)}, cancellationToken)");
        }
    }
}
