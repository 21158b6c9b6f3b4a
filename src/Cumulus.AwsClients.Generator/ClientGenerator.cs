using System;
using System.IO;
using Cumulus.AwsClients.Generator.Emit;
using Cumulus.AwsClients.Generator.Model;
using Microsoft.CodeAnalysis;

namespace Cumulus.AwsClients.Generator;

/// <summary>Makes a typed AWS client out of every additional file <c>*.model.json</c>.</summary>
[Generator]
public sealed class ClientGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor BadModel = new(
        "CAWS001", "A service model cannot be used", "{0} gives no client: {1}", "Cumulus.AwsClients", DiagnosticSeverity.Error, true);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Path and text are compared by value, so that an unchanged model costs nothing in the next run.
        var models = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(".model.json", StringComparison.Ordinal))
            .Select(static (file, cancellationToken) => (file.Path, Text: file.GetText(cancellationToken)?.ToString() ?? ""));
        context.RegisterSourceOutput(models, static (output, model) => Generate(output, model.Path, model.Text));
    }

    private static void Generate(SourceProductionContext output, string path, string text)
    {
        try
        {
            var model = ModelReader.Read(text);
            var classes = new ModelEmitter(model);
            (string Role, string Source)[] files =
            [
                ("Client", new ClientEmitter(model).Emit()),
                ("Model", classes.Emit()),
                ("Constants", ConstantEmitter.Emit(model, classes.Enums)),
                ("Exception", ExceptionEmitter.EmitBase(model)),
                ("Exceptions", ExceptionEmitter.Emit(model)),
                ("Paginators", PaginatorEmitter.Emit(model)),
            ];
            foreach (var (role, source) in files)
                output.AddSource($"{model.Namespace}.{role}.g.cs", source);
        }
        catch (ModelException e)
        {
            output.ReportDiagnostic(Diagnostic.Create(BadModel, Location.Create(path, default, default), Path.GetFileName(path), e.Message));
        }
    }
}
