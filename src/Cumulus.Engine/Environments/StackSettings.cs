using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>What belongs to a stack and to no change set: its policy and its termination protection.</summary>
internal static class StackSettings
{
    /// <exception cref="CumulusException"><see cref="ErrorIds.FileNotFound"/>: the file of the policy; and the failures of <see cref="IStackOperations"/>.</exception>
    public static async Task ApplyAsync(IStackOperations? operations, StackDefinition definition, StackDescription now, StackAction action, CancellationToken cancellationToken)
    {
        if (operations is null) return;
        if (definition.TerminationProtection is { } wanted && wanted != now.IsProtected) await operations.ProtectAsync(now.Id, wanted, cancellationToken);
        if (definition.Policy is not { } source) return;
        string policy = source.Body ?? await ReadAsync(definition, source.Path!, cancellationToken);

        // A stack that stayed as it is has it already, as a rule, and then nothing is written.
        if (action == StackAction.Unchanged && await operations.PolicyAsync(now.Id, cancellationToken) == policy) return;
        await operations.SetPolicyAsync(now.Id, policy, cancellationToken);
    }

    private static async Task<string> ReadAsync(StackDefinition definition, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CumulusException(ErrorIds.FileNotFound, FailureKind.NotFound, $"The policy '{path}' of stack '{definition.Name}' cannot be read: {e.Message}", e)
            { Target = path, Advice = $"Set 'policy' of stack '{definition.Name}' in {definition.SourceFile}." };
        }
    }
}
