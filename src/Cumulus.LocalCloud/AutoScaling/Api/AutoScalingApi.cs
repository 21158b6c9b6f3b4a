using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.AutoScaling.Api;

/// <summary>
/// Auto Scaling's API: finds what does an operation. Launch configurations, scaling policies and scheduled actions are kept by moto; what else is not built is
/// refused by its name.
/// </summary>
internal sealed class AutoScalingApi : IPlayedService
{
    private static readonly string[] OfMoto =
    [
        "CreateLaunchConfiguration", "DeleteLaunchConfiguration", "DescribeLaunchConfigurations", "PutScalingPolicy", "DeletePolicy", "DescribePolicies",
        "PutScheduledUpdateGroupAction", "BatchPutScheduledUpdateGroupAction", "DescribeScheduledActions", "DeleteScheduledAction", "BatchDeleteScheduledAction",
    ];

    private readonly Dictionary<string, Func<JsonObject, string, CancellationToken, Task<object?>>> _operations = [];

    public AutoScalingApi(AutoScalingEngine engine)
    {
        new GroupCalls(engine).AddTo(_operations);
        new ReadingCalls(engine).AddTo(_operations);
        new InstanceCalls(engine).AddTo(_operations);
        new HookCalls(engine).AddTo(_operations);
        new AttachmentCalls(engine).AddTo(_operations);
        new RefreshCalls(engine).AddTo(_operations);
    }

    public bool Handles(AwsCall call) => call.Service == "autoscaling" && !OfMoto.Contains(call.Operation);

    public async Task<XElement> AnswerAsync(AwsCall call, CancellationToken cancellationToken)
    {
        if (!_operations.TryGetValue(call.Operation!, out var operation))
            throw AwsError.NotBuilt(call);
        return QueryXml.Response(call.Operation!, await operation(FormTree.Parse(call.Form), call.Region, cancellationToken));
    }

    /// <exception cref="AwsError">ValidationError: it is missing.</exception>
    public static string Required(JsonObject request, string name) => TemplateValue.Text(request, name) is { Length: > 0 } text
        ? text
        : throw AutoScalingError.Invalid($"1 validation error detected: Value null at '{char.ToLowerInvariant(name[0])}{name[1..]}' failed to satisfy constraint: Member must not be null");

    public static string GroupName(JsonObject request) => Required(request, "AutoScalingGroupName");

    public static int? Number(JsonObject request, string name) => TemplateValue.Text(request, name) switch
    {
        null => null,
        var text when int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) => number,
        var text => throw AutoScalingError.Invalid($"{name} must be an integer, not {text}"),
    };

    public static bool Flag(JsonObject request, string name) => TemplateValue.IsTrue(request[name]);

    public static IReadOnlyList<string> Texts(JsonObject request, string name) => [.. TemplateValue.Texts(request[name]).Where(text => text != "")];

    /// <summary>One page of a list; the token is the place where the next one begins.</summary>
    public static (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> all, JsonObject request, int most)
    {
        var size = Math.Clamp(Number(request, "MaxRecords") ?? most, 1, 100);
        var from = Number(request, "NextToken") ?? 0;
        var items = all.Skip(from).Take(size + 1).ToList();
        return items.Count > size ? (items[..size], (from + size).ToString(System.Globalization.CultureInfo.InvariantCulture)) : (items, null);
    }
}
