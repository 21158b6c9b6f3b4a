using Cumulus.Engine.Aws;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>Clears away what bakes left that did not come to their end. What it does can be done again.</summary>
/// <param name="account">Of the caller; what was made in others is left to those who work there.</param>
/// <param name="images">Images of a region.</param>
public sealed class BakeReaper(IStateStore state, JobStore jobs, string account, Func<string, IImageService> images)
{
    /// <summary>Clears away after every bake whose job has ended, or is gone.</summary>
    /// <param name="log">Gets each thing that is taken away.</param>
    /// <returns>How many journals were closed.</returns>
    public async Task<int> ReapAsync(Action<string> log, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (string name in state.ListAsync(BakeJournal.Folder, cancellationToken)) names.Add(name);
        int closed = 0;
        foreach (string name in names)
        {
            if (await state.GetAsync(name, cancellationToken) is not { } document) continue;
            BakeJournal journal = BakeJournal.Read(document, name);
            if (journal.Account != account || await IsRunningAsync(journal, cancellationToken)) continue;
            await ReapAsync(journal, isWhole: true, log, cancellationToken);
            closed++;
        }

        return closed;
    }

    /// <summary>Clears away after one bake.</summary>
    /// <param name="isWhole">Nothing can come to light any more, and the journal is closed. After a call whose answer was lost EC2 may not show yet what it made.</param>
    internal async Task ReapAsync(BakeJournal journal, bool isWhole, Action<string> log, CancellationToken cancellationToken)
    {
        IImageService home = images(journal.Region);
        foreach (string instance in await home.InstancesAsync(BakeJournal.Tag, journal.Job, cancellationToken))
        {
            log($"Terminating build instance {instance} of job {journal.Job}");
            await home.TerminateAsync(instance, cancellationToken);
        }

        foreach (string region in journal.CopyRegions.Prepend(journal.Region).Distinct())
        {
            IImageService there = images(region);
            foreach (BakedImageState image in await there.ImagesAsync(BakeJournal.Tag, journal.Job, cancellationToken))
            {
                if (journal.Kept.Contains(image.ImageId)) continue;
                log($"Deleting unfinished image {image.ImageId} of job {journal.Job} in {region}");
                await there.DeleteAsync(image, cancellationToken);
            }
        }

        if (isWhole) await state.DeleteAsync(BakeJournal.Folder + journal.Job, cancellationToken);
    }

    private async Task<bool> IsRunningAsync(BakeJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            return (await jobs.FindAsync(new JobQuery { Ids = [journal.Job] }, cancellationToken)).Any(j => !j.HasEnded);
        }
        catch (CumulusException e) when (e.ErrorId == ErrorIds.JobNotFound)
        {
            return false;
        }
    }
}
