using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.ChangeSets;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>CloudFormation's API: finds what does an operation. What is not built is refused by its name.</summary>
internal sealed class CloudFormationApi
{
    private readonly Dictionary<string, Func<QueryForm, string, CancellationToken, Task<IEnumerable<XElement?>>>> _operations = [];

    public CloudFormationApi(StackEngine engine, MotoClient moto)
    {
        var templates = new TemplateSource(moto);
        var definitions = new DefinitionReader(moto, templates);
        var changeSets = new ChangeSetCalls(engine, new ChangeSetStore(engine, definitions), definitions);
        var (calls, readings, ofTemplates) = (new StackCalls(engine, definitions, templates), new StackReadings(engine, changeSets), new TemplateCalls(engine, changeSets, templates));
        var drift = new DriftCalls(engine);
        _operations["CreateStack"] = calls.CreateAsync;
        _operations["UpdateStack"] = calls.UpdateAsync;
        _operations["SetStackPolicy"] = calls.SetPolicyAsync;
        _operations["ValidateTemplate"] = ofTemplates.ValidateAsync;
        _operations["GetTemplateSummary"] = ofTemplates.SummarizeAsync;
        _operations["EstimateTemplateCost"] = ofTemplates.EstimateCostAsync;
        _operations["CreateChangeSet"] = changeSets.CreateAsync;
        Add("DescribeChangeSet", changeSets.Describe);
        Add("DescribeChangeSetHooks", changeSets.DescribeHooks);
        Add("ExecuteChangeSet", changeSets.Execute);
        Add("DeleteChangeSet", changeSets.Delete);
        Add("ListChangeSets", changeSets.List);
        Add("GetTemplate", ofTemplates.Get);
        Add("DeleteStack", calls.Delete);
        Add("CancelUpdateStack", calls.CancelUpdate);
        Add("ContinueUpdateRollback", calls.ContinueRollback);
        Add("RollbackStack", calls.Rollback);
        Add("SignalResource", calls.Signal);
        Add("GetStackPolicy", calls.GetPolicy);
        Add("UpdateTerminationProtection", calls.Protect);
        _operations["DetectStackResourceDrift"] = drift.DetectOneAsync;
        Add("DetectStackDrift", drift.Detect);
        Add("DescribeStackDriftDetectionStatus", drift.DescribeDetection);
        Add("DescribeStackResourceDrifts", drift.DescribeAll);
        Add("DescribeStacks", readings.Describe);
        Add("ListStacks", readings.List);
        Add("DescribeStackEvents", readings.Events);
        Add("DescribeEvents", readings.OperationEvents);
        Add("DescribeStackResource", readings.Resource);
        Add("DescribeStackResources", readings.Resources);
        Add("ListStackResources", readings.ListResources);
        Add("ListExports", readings.Exports);
        Add("ListImports", readings.Imports);
    }

    /// <exception cref="AwsError">The request is refused; NotImplemented for an operation that is not built.</exception>
    public async Task<Answer> AnswerAsync(AwsCall call, CancellationToken cancellationToken)
    {
        if (call.Operation is not { } name || !_operations.TryGetValue(name, out var operation))
            throw AwsError.NotBuilt(call);
        return Wire.Answer(name, await operation(new QueryForm(call.Form), call.Region, cancellationToken));
    }

    private void Add(string name, Func<QueryForm, string, IEnumerable<XElement?>> operation) =>
        _operations[name] = (form, region, _) => Task.FromResult(operation(form, region));
}
