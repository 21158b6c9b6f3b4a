using System.Management.Automation;
using Cumulus.Console.Binding;
using Cumulus.PowerShell;

namespace Cumulus.Console.Pipeline;

/// <summary>Runs the cmdlets of one line: records go through all of them one at a time, as in PowerShell.</summary>
internal static class PipelineRunner
{
    /// <param name="output">Takes the records of the last cmdlet.</param>
    /// <param name="stop">Ctrl+C: the cmdlets are told, and their clean-up is awaited.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(IReadOnlyList<BoundCommand> commands, PipelineContext context, Action<object?> output, CancellationToken stop)
    {
        var stages = new PipelineStage[commands.Count];
        try
        {
            for (int i = commands.Count - 1; i >= 0; i--)
            {
                var next = i + 1 < commands.Count ? stages[i + 1] : null;
                stages[i] = new PipelineStage(commands[i], context, next is null ? output : next.Accept, stop);
            }

            using (stop.Register(() => Array.ForEach(stages, stage => stage.RequestStop())))
            {
                RunBlocks(stages, context, stop);
            }
        }
        finally
        {
            foreach (var stage in stages.OfType<PipelineStage>())
            {
                stage.Dispose();
            }

            context.Progress.Clear();
        }

        return stop.IsCancellationRequested ? ExitCodes.Stopped : context.Errors > 0 ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static void RunBlocks(PipelineStage[] stages, PipelineContext context, CancellationToken stop)
    {
        var current = stages[0];
        try
        {
            foreach (var stage in stages)
            {
                current = stage;
                stage.Begin();
            }

            current = stages[0];
            current.Process();
            foreach (var stage in stages)
            {
                current = stage;
                stop.ThrowIfCancellationRequested();
                stage.End();
            }
        }
        catch (PipelineEndedException)
        {
            // What ended it was shown when it came.
        }
        catch (CmdletTerminatedException e)
        {
            context.Report(current.Name, e.Error, current.ShowsTrace);
        }
        catch (Exception e) when (e is PipelineStoppedException or OperationCanceledException && stop.IsCancellationRequested)
        {
            // Asked for; the exit code tells.
        }
        catch (Exception e)
        {
            context.Report(current.Name, ErrorMap.Map(e), current.ShowsTrace);
        }
    }
}
