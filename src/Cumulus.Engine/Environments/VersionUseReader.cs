using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>Finds out which versions environments use: by the records of their deployments, and by their stacks.</summary>
/// <param name="region">AWS region code that the stacks are in.</param>
public sealed class VersionUseReader(IStateStore state, IStackService stacks, string region, Action<string> warn)
{
    /// <param name="configuration">One that has the environment; null: its stacks are not known.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.DeploymentsUnknown"/>: the records cannot be read; or there are none, and the stacks cannot be read or are
    /// not known. What is not known is not taken for unused.</exception>
    public async Task<IReadOnlyList<VersionInUse>> ReadAsync(string environment, CumulusConfiguration? configuration, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeploymentRecord> records;
        try
        {
            records = await new DeploymentJournal(state).ReadAsync(environment, cancellationToken);
        }
        catch (CumulusException e) when (e.ErrorId != ErrorIds.DeploymentsUnknown)
        {
            throw Unknown(environment, $"the records of its deployments cannot be read. {e.Message}", e);
        }

        return VersionInUse.Of(environment, records, await StacksAsync(environment, configuration, records.Count > 0, cancellationToken));
    }

    private async Task<IReadOnlyList<EnvironmentStack>> StacksAsync(string environment, CumulusConfiguration? configuration, bool hasRecords, CancellationToken cancellationToken)
    {
        if (configuration is null)
        {
            return hasRecords ? [] : throw Unknown(environment, "no deployment of it is on record, and no configuration says which stacks it has", null);
        }

        try
        {
            return await new EnvironmentReader(stacks, region).StacksAsync(configuration, environment, [], cancellationToken);
        }
        catch (CumulusException e)
        {
            if (!hasRecords) throw Unknown(environment, $"no deployment of it is on record, and its stacks cannot be read. {e.Message}", e);
            warn($"The stacks of environment '{environment}' cannot be read, so only the records of its deployments say which versions it uses: {e.Message}");
            return [];
        }
    }

    private static CumulusException Unknown(string environment, string why, CumulusException? cause) =>
        new(ErrorIds.DeploymentsUnknown, cause?.Kind ?? FailureKind.NotFound, $"Which versions environment '{environment}' uses is not known: {why.TrimEnd('.')}.", cause)
        {
            Target = environment,
            Advice = "Allow s3:ListBucket and s3:GetObject on .cumulus/state/ and cloudformation:DescribeStacks to the principal, or give the configuration that has the environment. Nothing was removed.",
        };
}
