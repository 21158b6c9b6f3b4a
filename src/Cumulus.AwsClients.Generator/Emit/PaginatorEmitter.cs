using System.Linq;
using Cumulus.AwsClients.Generator.Model;

namespace Cumulus.AwsClients.Generator.Emit;

/// <summary>Paginators in the official shape: <c>client.Paginators.DescribeStacks(request).Stacks</c>.</summary>
internal static class PaginatorEmitter
{
    public static string Emit(ServiceModel model)
    {
        var w = new SourceWriter(model.Namespace + ".Model");
        var client = "IAmazon" + model.ClassName;
        var operations = model.Operations.Where(o => o.Paginator != null).ToList();
        w.Line();
        w.Open($"public partial interface I{model.ClassName}PaginatorFactory");
        foreach (var operation in operations)
            w.Line($"I{operation.Name}Paginator {operation.Name}({operation.Request} request);");
        w.Close();
        w.Line();
        w.Open($"internal sealed class {model.ClassName}PaginatorFactory({client} client) : I{model.ClassName}PaginatorFactory");
        foreach (var operation in operations)
            w.Line($"public I{operation.Name}Paginator {operation.Name}({operation.Request} request) => new {operation.Name}Paginator(client, request);");
        w.Close();
        foreach (var operation in operations)
            EmitPaginator(w, operation, client);
        return w.ToString();
    }

    private static void EmitPaginator(SourceWriter w, Operation operation, string client)
    {
        var (paginator, response) = (operation.Paginator!, operation.Response);
        var next = $"response.{paginator.OutputToken.Property}";
        if (paginator.MoreResults is { } more)
            next = $"response.{more.Property} == true ? {next} : null";
        w.Line();
        w.Open($"public partial interface I{operation.Name}Paginator");
        w.Line($"IPaginatedEnumerable<{response}> Responses {{ get; }}");
        foreach (var result in paginator.Results)
            w.Line($"IPaginatedEnumerable<{Types.Element(result.Shape.Item!)}> {result.Property} {{ get; }}");
        w.Close();
        w.Line();
        w.Open($"internal sealed class {operation.Name}Paginator({client} client, {operation.Request} request) : TokenPaginator<{response}>(request.{paginator.InputToken.Property}), I{operation.Name}Paginator");
        w.Line($"public IPaginatedEnumerable<{response}> Responses => new PaginatedResponse<{response}>(this);");
        foreach (var result in paginator.Results)
        {
            var type = Types.Element(result.Shape.Item!);
            w.Line($"public IPaginatedEnumerable<{type}> {result.Property} => new PaginatedResultKeyResponse<{response}, {type}>(this, static response => response.{result.Property} ?? []);");
        }
        w.Line();
        w.Open($"protected override Task<{response}> GetPageAsync(string token, CancellationToken cancellationToken)");
        w.Line($"request.{paginator.InputToken.Property} = token;");
        w.Line($"return client.{operation.Name}Async(request, cancellationToken);");
        w.Close();
        w.Line();
        w.Line($"protected override string GetNextToken({response} response) => {next};");
        w.Close();
    }
}
