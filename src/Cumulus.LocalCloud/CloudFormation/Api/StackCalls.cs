using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>The operations that change stacks.</summary>
internal sealed class StackCalls(StackEngine engine, DefinitionReader definitions, TemplateSource templates)
{
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    public async Task<IEnumerable<XElement?>> CreateAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        var name = RequireName(form);
        var token = form.Text("ClientRequestToken");
        if (engine.Find(region, name) is { } same && token is not null && same.Operations is [{ Type: "CREATE_STACK" } made, ..] && made.Token == token)
            return [Wire.Text("StackId", same.Id)];
        var policy = await PolicyAsync(form, "StackPolicy", region, cancellationToken);
        var definition = await definitions.ReadAsync(form, region, null, TemplateUse.Operation, cancellationToken);
        var options = OptionsOf(form, Deployments.Read(form, "DisableRollback", "OnFailure"), OnFailureOf(form));
        var stack = engine.Add(region, name, definition);
        stack.TimeoutMinutes = form.Number("TimeoutInMinutes");
        stack.IsProtected = form.Flag("EnableTerminationProtection");
        stack.RetainExceptOnCreate = form.Flag("RetainExceptOnCreate");
        stack.Policy = policy;
        engine.Create(stack, options);
        return [Wire.Text("StackId", stack.Id)];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
    public async Task<IEnumerable<XElement?>> UpdateAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        var stack = Require(form, region);
        var token = form.Text("ClientRequestToken");
        if (Repeats(stack, token, "UPDATE_STACK"))
            return [Wire.Text("StackId", stack.Id)];
        StackEngine.RequireUpdatable(stack);
        var policy = await PolicyAsync(form, "StackPolicy", region, cancellationToken);
        var during = await PolicyAsync(form, "StackPolicyDuringUpdate", region, cancellationToken);
        var definition = await definitions.ReadAsync(form, region, stack.Definition, TemplateUse.Operation, cancellationToken);
        var options = OptionsOf(form, Deployments.Read(form, "DisableRollback"), form.Flag("DisableRollback") ? OnFailure.DoNothing : OnFailure.Rollback);
        stack.RetainExceptOnCreate = form.Flag("RetainExceptOnCreate");
        engine.Update(stack, definition, options with { Policy = StackPolicy.Parse(during ?? stack.Policy) });
        stack.Policy = policy ?? stack.Policy;
        return [Wire.Text("StackId", stack.Id)];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
    public IEnumerable<XElement?> Delete(QueryForm form, string region)
    {
        var token = form.Text("ClientRequestToken");
        // One that is not there is no error.
        if (engine.Find(region, form.Required("StackName")) is { IsDeleted: false } stack && !Repeats(stack, token, "DELETE_STACK"))
        {
            KeepRole(stack, form);
            var options = OptionsOf(form, Deployments.Read(form), OnFailure.Rollback);
            engine.Delete(stack, form.Texts("RetainResources").ToHashSet(), form.Text("DeletionMode") == "FORCE_DELETE_STACK", options);
        }
        return [];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
    public IEnumerable<XElement?> CancelUpdate(QueryForm form, string region)
    {
        StackEngine.CancelUpdate(Require(form, region));
        return [];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
    public IEnumerable<XElement?> ContinueRollback(QueryForm form, string region)
    {
        var stack = Require(form, region);
        KeepRole(stack, form);
        engine.ContinueRollback(stack, form.Texts("ResourcesToSkip").ToHashSet(), new OperationOptions { Token = form.Text("ClientRequestToken") });
        return [];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
    public IEnumerable<XElement?> Rollback(QueryForm form, string region)
    {
        var stack = Require(form, region);
        KeepRole(stack, form);
        stack.RetainExceptOnCreate = form.Flag("RetainExceptOnCreate");
        engine.Rollback(stack, new OperationOptions { Token = form.Text("ClientRequestToken") });
        return [Wire.Text("StackId", stack.Id)];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html
    public IEnumerable<XElement?> Signal(QueryForm form, string region)
    {
        var stack = Require(form, region);
        var id = form.Required("LogicalResourceId");
        if (stack.Resources.GetValueOrDefault(id) is not { } resource)
            throw StackEngine.Refused($"Resource {id} does not exist for stack {stack.Name}");
        if (!resource.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))
            throw StackEngine.Refused($"Resource {id} is in {resource.Status} state and cannot be signaled");
        stack.Signals.Send(id, form.Required("UniqueId"), form.Required("Status") == "SUCCESS");
        return [];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html
    public async Task<IEnumerable<XElement?>> SetPolicyAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        var stack = Require(form, region);
        stack.Policy = await PolicyAsync(form, "StackPolicy", region, cancellationToken);
        return [];
    }

    public IEnumerable<XElement?> GetPolicy(QueryForm form, string region) => [Wire.Text("StackPolicyBody", Require(form, region).Policy)];

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html
    public IEnumerable<XElement?> Protect(QueryForm form, string region)
    {
        var stack = Require(form, region);
        stack.IsProtected = form.Flag("EnableTerminationProtection");
        return [Wire.Text("StackId", stack.Id)];
    }

    /// <exception cref="AwsError">ValidationError: the name is none (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html).</exception>
    public static string RequireName(QueryForm form)
    {
        var name = form.Required("StackName");
        return name.Length <= 128 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? name
            : throw StackEngine.Refused($"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
    }

    private static OnFailure OnFailureOf(QueryForm form)
    {
        var name = form.Text("OnFailure");
        if (name is not null && form.Has("DisableRollback"))
            throw StackEngine.Refused("You cannot specify both DisableRollback and OnFailure");
        return name switch
        {
            "DELETE" => OnFailure.Delete,
            "DO_NOTHING" => OnFailure.DoNothing,
            _ => form.Flag("DisableRollback") ? OnFailure.DoNothing : OnFailure.Rollback,
        };
    }

    private static OperationOptions OptionsOf(QueryForm form, Deployment deployment, OnFailure onFailure) => new()
    {
        Token = form.Text("ClientRequestToken"),
        OnFailure = deployment == Deployment.Standard ? onFailure : deployment.OnFailure,
        IsExpress = deployment.IsExpress,
        IsNotValidated = form.Flag("DisableValidation"),
    };

    /// <summary>The role that an operation names is the stack's from then on.</summary>
    private static void KeepRole(Stack stack, QueryForm form)
    {
        if (form.Text("RoleARN") is { } role)
            stack.Definition = stack.Definition with { RoleArn = role };
    }

    private Stack Require(QueryForm form, string region) => engine.Require(region, form.Required("StackName"));

    /// <summary>A client that asks again with its token gets the answer again, and nothing begins twice.</summary>
    private static bool Repeats(Stack stack, string? token, string type) => token is not null && stack.Operation?.Token == token && stack.Operation.Type == type;

    private async Task<string?> PolicyAsync(QueryForm form, string name, string region, CancellationToken cancellationToken)
    {
        var text = await templates.FindTextAsync(form, name, region, cancellationToken);
        try
        {
            _ = StackPolicy.Parse(text);
            return text;
        }
        catch (TemplateException)
        {
            throw StackEngine.Refused("Error validating stack policy: Invalid stack policy");
        }
    }
}
