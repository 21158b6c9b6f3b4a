using System.Collections.Concurrent;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Values that stacks of a region export to each other; a name is there once, and stays while somebody imports it
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html).
/// </summary>
internal sealed class ExportTable
{
    private readonly ConcurrentDictionary<(string Region, string Name), (Stack Stack, string Value)> _exports = new();
    private readonly ConcurrentDictionary<(Stack Stack, string Name), bool> _imports = new();

    public IEnumerable<(string Name, string Value, string StackId)> In(string region) =>
        _exports.Where(pair => pair.Key.Region == region).OrderBy(pair => pair.Key.Name, StringComparer.Ordinal)
            .Select(pair => (pair.Key.Name, pair.Value.Value, pair.Value.Stack.Id));

    public bool Has(string region, string name) => _exports.ContainsKey((region, name));

    /// <exception cref="TemplateException">Nobody exports it.</exception>
    public string ValueOf(string region, string name) =>
        _exports.TryGetValue((region, name), out var found) ? found.Value : throw new TemplateException($"No export named {name} found.");

    /// <exception cref="TemplateException">Nobody exports it.</exception>
    public string Import(Stack stack, string name)
    {
        var value = ValueOf(stack.Region, name);
        _imports[(stack, name)] = true;
        return value;
    }

    public IReadOnlyList<string> ImportersOf(string region, string name) =>
        [.. _imports.Keys.Where(key => key.Name == name && key.Stack.Region == region && !key.Stack.IsDeleted).Select(key => key.Stack.Name).Order(StringComparer.Ordinal)];

    /// <summary>From now on the stack imports these and no others.</summary>
    public void KeepImports(Stack stack, IReadOnlySet<string> names)
    {
        foreach (var key in _imports.Keys.Where(key => key.Stack == stack && !names.Contains(key.Name)))
            _imports.TryRemove(key, out _);
        foreach (var name in names)
            _imports[(stack, name)] = true;
    }

    /// <summary>Makes the outputs the stack's exports.</summary>
    /// <exception cref="TemplateException">A name is another stack's, or one that somebody imports would change or go.</exception>
    public void Replace(Stack stack, IEnumerable<StackOutput> outputs)
    {
        var wanted = outputs.Where(output => output.ExportName is not null).ToDictionary(output => output.ExportName!, output => output.Value);
        foreach (var name in wanted.Keys)
        {
            if (_exports.TryGetValue((stack.Region, name), out var other) && other.Stack != stack)
                throw new TemplateException($"Export with name {name} is already exported by stack {other.Stack.Name}.");
        }
        foreach (var (key, (_, value)) in _exports.Where(pair => pair.Value.Stack == stack))
        {
            if (wanted.GetValueOrDefault(key.Name) == value || ImportersOf(stack.Region, key.Name) is not { Count: > 0 } users)
                continue;
            var verb = wanted.ContainsKey(key.Name) ? "update" : "delete";
            throw new TemplateException($"Cannot {verb} export {key.Name} as it is in use by {string.Join(", ", users)}.");
        }
        foreach (var key in _exports.Where(pair => pair.Value.Stack == stack && !wanted.ContainsKey(pair.Key.Name)).Select(pair => pair.Key))
            _exports.TryRemove(key, out _);
        foreach (var (name, value) in wanted)
            _exports[(stack.Region, name)] = (stack, value);
    }
}
