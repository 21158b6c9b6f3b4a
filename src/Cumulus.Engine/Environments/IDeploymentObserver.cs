using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>Hears what happens in a deployment or a removal, in order. What an implementation leaves out, it does not hear.</summary>
public interface IDeploymentObserver
{
    /// <summary>The plan that is going to be carried out; again when a busy stack made a new one necessary.</summary>
    void Planned(EnvironmentPlan plan)
    {
    }

    /// <summary>Work on a stack begins.</summary>
    void StackStarted(string stackName, StackAction action, string reason)
    {
    }

    /// <summary>Somebody else's operation runs on the stack; it is waited for.</summary>
    void StackBusy(string stackName, string status)
    {
    }

    /// <summary>One line of the stack's history, oldest first, each once.</summary>
    void StackEvent(StackEventRecord stackEvent)
    {
    }

    /// <summary>After each look at the stack.</summary>
    void StackProgressed(StackProgress progress)
    {
    }

    /// <summary>Work on a stack has ended, well or not.</summary>
    void StackFinished(StackDeployment stack)
    {
    }

    /// <summary>The outcome on one host.</summary>
    void HostUpdated(HostUpdate host)
    {
    }

    /// <summary>One line that a hook wrote; comes on some other thread.</summary>
    /// <param name="hook">The option's name, such as <c>pre-deploy-hook</c>.</param>
    void HookLine(string hook, string line)
    {
    }

    /// <summary>Something that a person should know, though the deployment goes on.</summary>
    void Warning(string text)
    {
    }

    /// <summary>A detail for a verbose stream, such as a poll that failed.</summary>
    void Detail(string text)
    {
    }
}

/// <summary>How far a stack is.</summary>
/// <param name="Done">Resources that are complete in this operation.</param>
/// <param name="Total">
/// Resources in all: those that the template declares (create, when known), those that the stack has (delete), those that have begun to change so far
/// (update: only a change set could tell how many there will be).
/// </param>
public sealed record StackProgress(string StackName, string Status, int Done, int Total, TimeSpan Elapsed);
