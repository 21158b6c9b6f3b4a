namespace Cumulus.Engine.Ghost;

/// <summary>What is run on a build instance, in order. Pure.</summary>
public static class FeaturePlan
{
    private static readonly IFeatureProvisioner[] Provisioners = [new ScriptProvisioner(), new PackageProvisioner(), new AnsibleProvisioner(), new SaltProvisioner(), new DscProvisioner()];

    /// <summary>The hook before, the features (those of one provisioner that follow each other go together), the hook after, and the clean-up.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.FeatureInvalid"/></exception>
    public static IReadOnlyList<ImageStep> Of(GhostApplication application)
    {
        var steps = new List<ImageStep>();
        if (application.LifecycleHooks.PreBuildimage is { } before) steps.Add(new ImageStep("pre_buildimage", BuildShell.Script(application, "pre_buildimage", before)));
        for (int i = 0; i < application.Features.Count;)
        {
            string provisioner = application.Features[i].Provisioner;
            GhostFeature[] together = [.. application.Features.Skip(i).TakeWhile(f => f.Provisioner == provisioner)];
            steps.AddRange(Provisioners.Single(p => p.Name == provisioner).Steps(together, application));
            i += together.Length;
        }

        if (application.LifecycleHooks.PostBuildimage is { } after) steps.Add(new ImageStep("post_buildimage", BuildShell.Script(application, "post_buildimage", after)));
        steps.Add(CleanUp(application));
        return steps;
    }

    // What is each instance's own must not be in an image: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/building-shared-amis.html.
    private static ImageStep CleanUp(GhostApplication application) => application.IsWindows
        ? new ImageStep(
            "clean up",
            [
                "Get-ChildItem $env:TEMP -ErrorAction Ignore | Remove-Item -Recurse -Force -ErrorAction Ignore",
                "Remove-Item (Get-PSReadLineOption).HistorySavePath -Force -ErrorAction Ignore",
                .. application.BuildInfos.Sysprep ? ["& \"$env:ProgramFiles\\Amazon\\EC2Launch\\EC2Launch.exe\" sysprep --shutdown=false", "exit $LASTEXITCODE"] : Array.Empty<string>(),
            ])
        : new ImageStep(
            "clean up",
            [
                // A host of a local cloud that is not isolated has it set: there these paths are those of somebody's own machine.
                "if test -n \"${CUMULUS_ROOT:-}\"; then echo 'This host is a folder: nothing is cleaned up.'; exit 0; fi",
                "rm -f /etc/ssh/ssh_host_* /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys",
                "rm -f /root/.bash_history /home/*/.bash_history",
                "if test -f /etc/machine-id; then : > /etc/machine-id; fi",
                "rm -rf /var/lib/cloud/instances /var/lib/cloud/instance /var/lib/dhcp/* /var/lib/ghost/*.sh /tmp/* /var/tmp/* 2>/dev/null || true",
                "find /var/log -type f -name '*.log' -not -path '/var/log/amazon/ssm/*' -exec sh -c ': > \"$1\"' _ {} \\; 2>/dev/null || true",
                "sync",
            ]);
}
