using System.Globalization;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>
/// Bakes the image of an application: a build instance that SSM alone reaches, the steps of the definition, the image, its copies. Whatever happens, nothing but finished images is left: by the
/// bake itself where it can, else by the next one, which finds the journal.
/// </summary>
/// <param name="account">Of the caller.</param>
/// <param name="images">Images of a region.</param>
public sealed class ImageBaker(IStateStore state, JobStore jobs, string account, IApplicationFleet fleet, IHostCommands commands, IMachineCatalog machines, Func<string, IImageService> images, TimeProvider clock)
{
    private readonly ImageRecords _records = new(state);
    private readonly BakeReaper _reaper = new(state, jobs, account, images);

    /// <summary>The image that the definition begins with.</summary>
    /// <exception cref="JobAbortedException"><see cref="ErrorIds.ImageSourceNotFound"/></exception>
    public async Task<MachineImage> SourceAsync(GhostApplication application, CancellationToken cancellationToken)
    {
        BuildInfos build = application.BuildInfos;
        IImageService service = images(application.Region);
        (string? id, string what) = build switch
        {
            { SourceAmi: { } ami } => (ami, $"image {ami}"),
            { SourceAmiParameter: { } parameter } => (await service.ParameterAsync(parameter, cancellationToken), $"SSM parameter {parameter}"),
            { SourceAmiFilter: { } filter } => (await service.NewestAsync(filter.Name, filter.Owner, application.Architecture, cancellationToken), $"image of {filter.Owner} called {filter.Name}"),
            _ => (null, "source of the image"),
        };
        return id is not null && await machines.ImageAsync(id, cancellationToken) is { } image
            ? image
            : throw new JobAbortedException(ErrorIds.ImageSourceNotFound, FailureKind.NotFound, $"There is no {what} in {application.Region}.") { Target = application.Key.Path, Advice = "See build_infos of the application: Test-GhostApplication -Online." };
    }

    /// <summary>The image of this recipe, if it is there and can be used.</summary>
    public async Task<BakedImage?> ExistingAsync(GhostApplication application, ImageRecipe recipe, CancellationToken cancellationToken)
    {
        foreach (BakedImage image in (await _records.ReadAsync(application.Key, cancellationToken)).Where(i => i.Recipe == recipe.Digest && i.AwsRegion == application.Region))
        {
            if (await images(application.Region).StateAsync(image.ImageId, cancellationToken) is { State: "available" }) return image;
        }

        return null;
    }

    /// <summary>Bakes, or takes what there is, and sees to copies and shares.</summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.ImageSourceNotFound"/>, <see cref="ErrorIds.FeatureInvalid"/> (nothing was made), <see cref="ErrorIds.ImageStepFailed"/>, <see cref="ErrorIds.ImageFailed"/>,
    /// <see cref="ErrorIds.ImageWaitTimedOut"/>, and those of the gateways.
    /// </exception>
    public async Task<BakeOutcome> BakeAsync(StoredApplication application, BakeOptions options, RunningJob job)
    {
        GhostApplication definition = application.Definition;
        await _reaper.ReapAsync(job.Log.Warning, job.Stop);
        MachineImage source = await SourceAsync(definition, job.Stop);
        ImageRecipe recipe = RecipeOf(definition, source);
        job.Log.Info($"Source image {source.Id} ({source.Name}, {source.Architecture}); recipe {recipe.Digest[..12]}");
        if (!options.Force && await ExistingAsync(definition, recipe, job.Stop) is { } existing)
        {
            job.Log.Info($"Image {existing.ImageId} was baked by this very recipe on {existing.BakedAt.UtcDateTime:yyyy-MM-dd}; nothing is baked.");
            return new BakeOutcome(await SpreadAsync(definition, existing, options, job, journal: null), WasBaked: false);
        }

        var journal = NewJournal(definition, job);
        await journal.OpenAsync(job.Stop);
        bool isWhole = false;
        try
        {
            BakedImage baked = await MakeAsync(application, source, recipe, options, job, journal);
            var outcome = new BakeOutcome(await SpreadAsync(definition, baked, options, job, journal), WasBaked: true);
            isWhole = true;
            return outcome;
        }
        finally
        {
            await ClearAsync(journal.Journal, isWhole, options, job);
        }
    }

    private BakeJournalKeeper NewJournal(GhostApplication definition, RunningJob job) =>
        new(state, new BakeJournal { Job = job.Id, Application = definition.Key.Path, Account = account, Region = definition.Region });

    // Nothing was made yet: the job ends as aborted.
    private static ImageRecipe RecipeOf(GhostApplication definition, MachineImage source)
    {
        try
        {
            return ImageRecipe.Of(definition, source.Id);
        }
        catch (FeatureException e)
        {
            throw new JobAbortedException(e.ErrorId, e.Kind, e.Message, e) { Target = definition.Key.Path };
        }
    }

    private async Task<BakedImage> MakeAsync(StoredApplication application, MachineImage source, ImageRecipe recipe, BakeOptions options, RunningJob job, BakeJournalKeeper journal)
    {
        GhostApplication definition = application.Definition;
        IImageService service = images(definition.Region);
        Dictionary<string, string> tags = Tags(definition, application.Revision, recipe, job.Id);
        string instance = await service.LaunchAsync(Instance(definition, source, options, tags, job.Id), job.Stop);
        job.Log.Info($"Build instance {instance} is launched");
        await ReadyAsync(instance, options, job);
        foreach (ImageStep step in recipe.Steps) await StepAsync(definition, instance, step, job);
        if (!definition.BuildInfos.NoReboot)
        {
            await service.StopAsync(instance, job.Stop);
            await UntilAsync(async () => await service.InstanceStateAsync(instance, job.Stop) == "stopped", options.StopLimit, $"Build instance {instance} did not stop", job.Stop);
        }

        DateTimeOffset now = clock.GetUtcNow();
        string name = NameOf(definition, now);
        string id = await service.CreateAsync(instance, name, $"{definition.Key} revision {application.Revision}, from {source.Id}", definition.BuildInfos.NoReboot, tags, job.Stop);
        job.Log.Info($"Image {id} ({name}) is being made");
        await AvailableAsync(service, id, options, job.Stop);
        var baked = new BakedImage
        {
            Application = definition.Key.Path,
            ImageId = id,
            ImageName = name,
            AwsRegion = definition.Region,
            Recipe = recipe.Digest,
            SourceAmi = source.Id,
            Revision = application.Revision,
            Features = [.. definition.Features.Select(f => f.Version is null ? f.Name : $"{f.Name} {f.Version}")],
            Job = job.Id,
            By = options.By,
            BakedAt = now,
        };
        await journal.KeepAsync(id, job.Stop);
        await _records.WriteAsync(definition.Key, baked, job.Stop);
        return baked;
    }

    /// <summary>Copies and shares that are wanted and not there: also those that failed at an earlier bake.</summary>
    private async Task<BakedImage> SpreadAsync(GhostApplication definition, BakedImage image, BakeOptions options, RunningJob job, BakeJournalKeeper? journal)
    {
        BuildInfos build = definition.BuildInfos;
        foreach (string region in build.CopyRegions.Where(r => r != image.AwsRegion && !image.Copies.ContainsKey(r)))
        {
            BakeJournalKeeper copies = journal ?? NewJournal(definition, job);
            await copies.CopyingToAsync(region, job.Stop);
            IImageService there = images(region);
            string copy = await there.CopyAsync(image.AwsRegion, image.ImageId, image.ImageName, OfRegion(build.KmsKeyId), new Dictionary<string, string> { [BakeJournal.Tag] = job.Id, ["cumulus:application"] = image.Application, ["cumulus:recipe"] = image.Recipe }, job.Stop);
            job.Log.Info($"Copying to {region} as {copy}");
            await AvailableAsync(there, copy, options, job.Stop);
            await copies.KeepAsync(copy, job.Stop);
            image = image with { Copies = image.Copies.Append(KeyValuePair.Create(region, copy)).ToDictionary() };
            await _records.WriteAsync(definition.Key, image, job.Stop);
            if (journal is null) await ClearAsync(copies.Journal, isWhole: true, options, job);
        }

        string[] accounts = [.. build.ShareAccounts.Except(image.SharedWith)];
        if (accounts.Length == 0) return image;
        foreach ((string region, string id) in image.Copies.Prepend(KeyValuePair.Create(image.AwsRegion, image.ImageId))) await images(region).ShareAsync(id, accounts, job.Stop);
        job.Log.Info($"Shared with {string.Join(", ", accounts)}");
        image = image with { SharedWith = [.. image.SharedWith, .. accounts] };
        await _records.WriteAsync(definition.Key, image, job.Stop);
        return image;

        // A key is of one region; an alias may be there in each, and a multi-Region key has the same id.
        static string? OfRegion(string? key) => key?.StartsWith("alias/", StringComparison.Ordinal) == true || key?.StartsWith("mrk-", StringComparison.Ordinal) == true ? key : null;
    }

    private async Task ReadyAsync(string instance, BakeOptions options, RunningJob job)
    {
        var tags = new Dictionary<string, string> { [BakeJournal.Tag] = job.Id };
        await UntilAsync(
            async () => (await fleet.InstancesAsync(tags, [], job.Stop)).Any(i => i.InstanceId == instance && i is { IsRunning: true, IsManaged: true }),
            options.ReadyLimit,
            $"SSM did not reach build instance {instance}: its image needs the SSM agent, its profile AmazonSSMManagedInstanceCore, and its subnet a way out",
            job.Stop);
        job.Log.Info($"Build instance {instance} is ready");
    }

    private async Task StepAsync(GhostApplication definition, string instance, ImageStep step, RunningJob job)
    {
        job.Log.Info($"Step: {step.Title}");
        string command = await commands.SendAsync(
            new HostCommandRequest { InstanceIds = [instance], Platform = BuildShell.PlatformOf(definition), Lines = step.Lines, TimeLimit = step.TimeLimit, Comment = $"Cumulus image {definition.Key}: {step.Title}" },
            job.Stop);
        try
        {
            var pace = new PollPace();
            var limit = new WaitLimit(clock, step.TimeLimit + TimeSpan.FromMinutes(5));
            HostCommandResult? result;
            do
            {
                await limit.PauseAsync(pace.AfterSuccess(), job.Stop);
                result = await commands.ResultAsync(command, instance, job.Stop);
            }
            while ((result is null || !new HostCommandStatus(instance, result.Status).HasEnded) && !limit.Reached);
            if (result is null || !new HostCommandStatus(instance, result.Status).HasEnded) throw TimedOut($"Step '{step.Title}' has not ended within {limit.Limit.TotalMinutes:0} minutes", instance);
            foreach (string line in Lines(result.StandardOutput)) job.Log.Info($"  {line}");
            foreach (string line in Lines(result.StandardError)) job.Log.Warning($"  {line}");
            if (result.Status == "Success") return;
            string last = Lines(result.StandardError).LastOrDefault() ?? Lines(result.StandardOutput).LastOrDefault() ?? "it wrote nothing";
            throw new CumulusException(ErrorIds.ImageStepFailed, FailureKind.OperationFailed, $"Step '{step.Title}' ended with {(result.ExitCode is { } code ? $"exit code {code}" : result.Status)}: {last}") { Target = instance, Advice = $"See the whole output: Get-GhostJobLog {job.Id}." };
        }
        catch (OperationCanceledException)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), clock);
            await commands.CancelAsync(command, limit.Token);
            throw;
        }
    }

    private async Task AvailableAsync(IImageService service, string id, BakeOptions options, CancellationToken stop)
    {
        await UntilAsync(
            async () => await service.StateAsync(id, stop) switch
            {
                { State: "available" } => true,
                { State: "failed" or "error" or "invalid" } failed => throw new CumulusException(ErrorIds.ImageFailed, FailureKind.OperationFailed, $"Image {id} is {failed.State}: {failed.Reason ?? "EC2 gives no reason"}.") { Target = id },
                _ => false,
            },
            options.ImageLimit,
            $"Image {id} did not become available",
            stop);
    }

    private async Task UntilAsync(Func<Task<bool>> isDone, TimeSpan time, string failure, CancellationToken stop)
    {
        var limit = new WaitLimit(clock, time);
        for (var pace = new PollPace(); !await isDone();)
        {
            if (limit.Reached) throw TimedOut($"{failure} within {time.TotalMinutes:0} minutes", null);
            await limit.PauseAsync(pace.AfterSuccess(), stop);
        }
    }

    // Under a token of its own: also after Ctrl+C. What fails here the next bake does.
    private async Task ClearAsync(BakeJournal journal, bool isWhole, BakeOptions options, RunningJob job)
    {
        using var limit = new CancellationTokenSource(options.CleanUpLimit, clock);
        try
        {
            await _reaper.ReapAsync(journal, isWhole, job.Log.Info, limit.Token);
        }
        catch (Exception e) when (e is CumulusException or IOException or OperationCanceledException)
        {
            job.Log.Warning($"What this bake made could not be cleared away, and the next bake does it: {e.Message}");
        }
    }

    private static BuildInstanceRequest Instance(GhostApplication definition, MachineImage source, BakeOptions options, IReadOnlyDictionary<string, string> tags, string job)
    {
        EnvironmentInfos environment = definition.EnvironmentInfos;
        RootBlockDevice root = environment.RootBlockDevice;
        string? key = definition.BuildInfos.KmsKeyId;
        return new BuildInstanceRequest
        {
            ImageId = source.Id,
            InstanceType = options.InstanceType ?? definition.BuildInfos.InstanceType ?? definition.InstanceType,
            SubnetId = definition.BuildInfos.SubnetId,
            InstanceProfile = definition.BuildInfos.InstanceProfile ?? environment.InstanceProfile,
            SecurityGroups = environment.SecurityGroups,
            Volumes =
            [
                new BuildVolume(root.Name ?? source.RootDevice ?? "/dev/xvda", Math.Max(root.Size, source.RootSize ?? 0), root.VolumeType, root.Iops, root.Throughput, key),
                .. environment.OptionalVolumes.Where(v => v.LaunchBlockDeviceMappings).Select(v => new BuildVolume(v.DeviceName, v.VolumeSize, v.VolumeType, v.Iops, v.Throughput, v.KmsKeyId ?? key)),
            ],
            Tags = tags.Append(KeyValuePair.Create("Name", $"cumulus-build {definition.Key}")).ToDictionary(),
            Token = job,
        };
    }

    private static Dictionary<string, string> Tags(GhostApplication definition, int revision, ImageRecipe recipe, string job) => new()
    {
        [BakeJournal.Tag] = job,
        ["cumulus:application"] = definition.Key.Path,
        ["cumulus:revision"] = revision.ToString(CultureInfo.InvariantCulture),
        ["cumulus:recipe"] = recipe.Digest,
        ["cumulus:source"] = recipe.SourceAmi,
    };

    // Each part is set off from the next, and none is empty (G-02). https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html: 3 to 128 characters.
    private static string NameOf(GhostApplication definition, DateTimeOffset now)
    {
        string stem = string.Join('.', new[] { "ami", definition.Env, definition.Region, definition.Role, definition.Name, definition.Key.Colour }.OfType<string>()).Replace('+', '-');
        string time = now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return $"{(stem.Length > 112 ? stem[..112] : stem)}.{time}";
    }

    private static CumulusException TimedOut(string message, object? target) => new(ErrorIds.ImageWaitTimedOut, FailureKind.Timeout, $"{message}.") { Target = target };

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
