using System.Collections.Concurrent;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>
/// Remembers what each stack was made from, since an update that changes nothing is an error with AWS and a success with moto
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html). A template that is given by its URL
/// always counts as changed.
/// </summary>
internal sealed class StackRequestMemory
{
    private static readonly string[] Ignored = ["Action", "Version", "ClientRequestToken", "UsePreviousTemplate", "DisableRollback", "RetainExceptOnCreate"];

    private readonly ConcurrentDictionary<(string Region, string Stack), SortedDictionary<string, string>> _inputs = new();

    public bool ChangesNothing(AwsCall call) =>
        call.Operation == "UpdateStack" && _inputs.TryGetValue(KeyOf(call), out var before) && !call.Form.ContainsKey("TemplateURL") && InputsOf(call, before).SequenceEqual(before);

    public void Remember(AwsCall call)
    {
        switch (call.Operation)
        {
            case "CreateStack" or "UpdateStack" when !call.Form.ContainsKey("TemplateURL"):
                _inputs[KeyOf(call)] = InputsOf(call, _inputs.GetValueOrDefault(KeyOf(call)));
                break;
            case "CreateStack" or "UpdateStack" or "DeleteStack" or "ExecuteChangeSet":
                _inputs.TryRemove(KeyOf(call), out _);
                break;
        }
    }

    private static (string Region, string Stack) KeyOf(AwsCall call)
    {
        // A name, or arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID.
        var stack = call.Form.GetValueOrDefault("StackName", "").Split('/');
        return (call.Region, stack is [_, var name, _] ? name : stack[0]);
    }

    /// <summary>The inputs of the call, with those that it takes over from before put in.</summary>
    private static SortedDictionary<string, string> InputsOf(AwsCall call, SortedDictionary<string, string>? before)
    {
        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in call.Form)
        {
            var parts = name.Split('.');
            if (Ignored.Contains(name) || name == "StackName" || parts is ["Parameters", ..])
                continue;
            inputs[name] = value;
        }
        foreach (var (name, key) in call.Form.Where(pair => pair.Key.EndsWith(".ParameterKey", StringComparison.Ordinal)))
        {
            var value = call.Form.GetValueOrDefault(name.Replace(".ParameterKey", ".ParameterValue", StringComparison.Ordinal));
            inputs["Parameters." + key] = value ?? before?.GetValueOrDefault("Parameters." + key) ?? "";
        }
        if (call.Form.GetValueOrDefault("UsePreviousTemplate") == "true" && before?.GetValueOrDefault("TemplateBody") is { } template)
            inputs["TemplateBody"] = template;
        if (!inputs.Keys.Any(IsTag) && before is not null)
        {
            foreach (var (name, value) in before.Where(pair => IsTag(pair.Key)))
                inputs[name] = value;
        }
        return inputs;
    }

    private static bool IsTag(string name) => name.StartsWith("Tags.", StringComparison.Ordinal);
}
