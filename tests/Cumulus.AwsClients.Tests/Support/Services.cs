using System.Reflection;
using System.Text.Json;
using Amazon.CloudFormation;
using Amazon.Runtime;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>The generated clients by the names that models/services.json has for their services.</summary>
internal static class Services
{
    private static readonly Dictionary<string, (string Namespace, string Class)> Names = Read();

    public static IReadOnlyCollection<string> All => Names.Keys;

    public static Type Type(string service, string name) =>
        typeof(AmazonCloudFormationClient).Assembly.GetType($"Amazon.{Names[service].Namespace}.{name}", true)!;

    public static Type ModelType(string service, string name) => Type(service, "Model." + name);

    public static ClientConfig Config(string service) => (ClientConfig)Activator.CreateInstance(Type(service, $"Amazon{Names[service].Class}Config"))!;

    public static AmazonServiceClient Client(string service, ClientConfig config) =>
        (AmazonServiceClient)Activator.CreateInstance(Type(service, $"Amazon{Names[service].Class}Client"), Credentials, config)!;

    public static AWSCredentials Credentials { get; } = new BasicAWSCredentials("AKIDEXAMPLE", "secret");

    /// <summary>Calls an operation by its name in the model.</summary>
    public static async Task<object> CallAsync(object client, string operation, object request)
    {
        var method = client.GetType().GetMethod(operation + "Async", [request.GetType(), typeof(CancellationToken)])
            ?? throw new MissingMethodException(client.GetType().Name, operation + "Async");
        var task = (Task)method.Invoke(client, BindingFlags.DoNotWrapExceptions, null, [request, CancellationToken.None], null)!;
        await task;
        return task.GetType().GetProperty("Result")!.GetValue(task)!;
    }

    private static Dictionary<string, (string, string)> Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "models", "services.json")));
        return document.RootElement.EnumerateObject().ToDictionary(
            s => s.Name, s => (s.Value.GetProperty("namespace").GetString()!, s.Value.GetProperty("class").GetString()!));
    }
}
