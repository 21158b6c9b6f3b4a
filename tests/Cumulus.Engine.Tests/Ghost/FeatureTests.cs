using System.Diagnostics;
using System.Text;
using Cumulus.Engine.Ghost;

namespace Cumulus.Engine.Tests.Ghost;

public sealed class FeatureTests
{
    [Fact]
    public void Features_of_one_provisioner_that_follow_each_other_go_together_in_order()
    {
        IReadOnlyList<ImageStep> steps = FeaturePlan.Of(Applications.With(
            ("features", """[{"name":"git","provisioner":"package"},{"name":"php","version":"8.3","provisioner":"package"},{"name":"motd","provisioner":"script","parameters":{"script":"echo hi"}},{"name":"vim","provisioner":"package"}]"""),
            ("lifecycle_hooks", """{"pre_buildimage":"#!/bin/sh\ntrue","post_buildimage":"#!/bin/sh\ntrue"}""")));
        Assert.Equal(["pre_buildimage", "packages git, php 8.3", "script motd", "packages vim", "post_buildimage", "clean up"], steps.Select(s => s.Title));
        Assert.Contains("apt-get install -y -q 'git' 'php=8.3'", steps[1].Lines[2], StringComparison.Ordinal);
        Assert.Contains("dnf install -y -q 'git' 'php-8.3'", steps[1].Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_package_feature_has_the_name_in_its_version() =>
        Assert.Contains("'git' 'vim'", FeaturePlan.Of(Applications.With(("features", """[{"name":"package","version":"package_name=git","provisioner":"package"},{"name":"package","version":"package_name=vim","provisioner":"package"}]""")))[0].Lines[2], StringComparison.Ordinal);

    [Fact]
    public void G35_a_role_that_is_missing_is_told_by_its_name()
    {
        string lines = string.Join('\n', FeaturePlan.Of(Applications.With(("features", """[{"name":"nginx","provisioner":"ansible","version":"1.2","parameters":{"source":"https://git.example.org/nginx.git","workers":4}}]""")))[0].Lines);
        Assert.Contains("There is no Ansible role", lines, StringComparison.Ordinal);
        Assert.Contains("""[{"name":"nginx","src":"https://git.example.org/nginx.git","version":"1.2"}]""", Decoded(lines), StringComparison.Ordinal);
        Assert.Contains("""{"role":"nginx","workers":4}""", Decoded(lines), StringComparison.Ordinal);
        string without = string.Join('\n', FeaturePlan.Of(Applications.With(("features", """[{"name":"nginx","provisioner":"ansible"}]""")))[0].Lines);
        Assert.DoesNotContain("ansible-galaxy", without, StringComparison.Ordinal);
    }

    [Fact]
    public void Salt_gets_the_pillar_that_Ghost_gave_it()
    {
        string lines = string.Join('\n', FeaturePlan.Of(Applications.With(("features", """[{"name":"php","version":"ext=gd"},{"name":"php","version":"ext=intl"},{"name":"nginx","version":"1.24","parameters":{"tls":true}}]""")))[0].Lines);
        Assert.Contains("""{"php":{"ext":["gd","intl"]},"nginx":{"tls":true,"version":"1.24"}}""", Decoded(lines), StringComparison.Ordinal);
        Assert.Contains("state.apply 'php,nginx'", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_has_winget_choco_and_dsc()
    {
        IReadOnlyList<ImageStep> steps = FeaturePlan.Of(Applications.With(
            ("platform", "\"windows\""),
            ("build_infos.sysprep", "true"),
            ("features", """[{"name":"Git.Git","provisioner":"package"},{"name":"nodejs","version":"20.1","provisioner":"package","parameters":{"manager":"choco"}},{"name":"iis","provisioner":"dsc","parameters":{"document":{"resources":[]}}}]""")));
        Assert.StartsWith("winget install --exact --id 'Git.Git' --silent", steps[0].Lines[0], StringComparison.Ordinal);
        Assert.Equal("choco install 'nodejs' --version '20.1' --yes --no-progress", steps[1].Lines[0]);
        Assert.Contains("""{"resources":[]}""", Decoded(string.Join('\n', steps[2].Lines)), StringComparison.Ordinal);
        Assert.Contains("sysprep", string.Join('\n', steps[3].Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"name":"x","provisioner":"script"}]""")]
    [InlineData("""[{"name":"x","provisioner":"package","parameters":{"manager":"brew"}}]""")]
    [InlineData("""[{"name":"-x","provisioner":"package"}]""")]
    [InlineData("""[{"name":"x","parameters":{"source":"--upload-pack=id"}}]""")]
    public void A_feature_that_cannot_be_carried_out_is_an_error(string features) =>
        Assert.Equal(ErrorIds.FeatureInvalid, Assert.ThrowsAny<CumulusException>(() => FeaturePlan.Of(Applications.With(("features", features)))).ErrorId);

    [Fact]
    public async Task G37_hooks_get_Ghosts_variables_and_no_value_becomes_a_command()
    {
        const string Evil = "'; echo hacked; $(echo hacked) `echo hacked` \"\n\\";
        GhostApplication application = Applications.With(
            ("env_vars", $$"""[{"var_key":"EVIL","var_value":{{System.Text.Json.JsonSerializer.Serialize(Evil)}}},{"var_key":"QUOTE","var_value":"it's"}]"""),
            ("lifecycle_hooks", """{"pre_buildimage":"#!/bin/bash\nprintf '%s|%s|%s|%s|%s' \"$GHOST_APP\" \"$GHOST_ENV\" \"$GHOST_ROLE\" \"$EVIL\" \"$QUOTE\""}"""));
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", string.Join('\n', FeaturePlan.Of(application)[0].Lines)]) { RedirectStandardOutput = true })!;
        string output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        Assert.Equal($"web|prod|front|{Evil.TrimEnd('\n')}|it's", output);
    }

    [Fact]
    public void The_recipe_changes_with_source_features_and_scripts_and_with_nothing_else()
    {
        static string Digest(string ami, params (string, string?)[] values) => ImageRecipe.Of(Applications.With(values), ami).Digest;
        string first = Digest("ami-1");
        Assert.Equal(first, Digest("ami-1"));
        Assert.Equal(first, Digest("ami-1", ("autoscale", """{"name":"g","max":3}"""), ("description", "\"x\""), ("build_infos.copy_regions", """["us-east-1"]""")));
        string[] others =
        [
            Digest("ami-2"),
            Digest("ami-1", ("features", """[{"name":"git","provisioner":"package"}]""")),
            Digest("ami-1", ("lifecycle_hooks", """{"pre_buildimage":"#!/bin/sh\ntrue"}""")),
            Digest("ami-1", ("lifecycle_hooks", """{"pre_buildimage":"#!/bin/sh\ntrue"}"""), ("env_vars", """[{"var_key":"A","var_value":"1"}]""")),
            Digest("ami-1", ("build_infos.kms_key_id", "\"alias/x\"")),
        ];
        Assert.Equal(6, others.Append(first).Distinct().Count());
    }

    [Fact]
    public void G01_images_beyond_the_newest_go_but_none_that_is_in_use()
    {
        BakedImage[] images = [.. Enumerable.Range(1, 7).Select(i => Image($"ami-{i}", i))];
        IReadOnlyList<ImageRemoval> plan = ImageRetention.Plan(images, new Dictionary<string, IReadOnlyList<string>> { ["ami-2"] = ["instance i-1"] }, current: "ami-3", keepLast: 2, before: null, ImageAction.Delete);
        Assert.Equal(["ami-5", "ami-4", "ami-1"], plan.Where(p => p.Action == ImageAction.Delete).Select(p => p.ImageId));
        Assert.Equal("in use by instance i-1", plan.Single(p => p.ImageId == "ami-2").Reason);
        Assert.Equal(["ami-4", "ami-1"], ImageRetention.Plan(images, new Dictionary<string, IReadOnlyList<string>> { ["ami-2"] = ["x"] }, "ami-3", 0, images[4].BakedAt, ImageAction.Deprecate).Where(p => p.Action == ImageAction.Deprecate).Select(p => p.ImageId));
    }

    internal static BakedImage Image(string id, int day) => new()
    {
        Application = "web/prod/front", ImageId = id, ImageName = id, AwsRegion = "eu-west-1", Recipe = "r", SourceAmi = "ami-0", Revision = 1, Job = "j", By = "anna", BakedAt = new DateTimeOffset(2026, 3, day, 0, 0, 0, TimeSpan.Zero),
    };

    // The texts that travel in base64, in the clear.
    private static string Decoded(string lines) =>
        string.Join('\n', System.Text.RegularExpressions.Regex.Matches(lines, "'([A-Za-z0-9+/=]{16,})'").Select(m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value))));

    [Theory]
    [InlineData("/somebodys/folder", "")]
    [InlineData("", "goes on")]
    public void Nothing_of_a_machine_is_cleaned_up_where_the_host_is_a_folder(string root, string then)
    {
        // Only the first line is run: the others would clean up this machine.
        string first = FeaturePlan.Of(Applications.With())[^1].Lines[0];
        var start = new ProcessStartInfo("sh", ["-c", $"{first}\necho 'goes on'"]) { RedirectStandardOutput = true };
        start.Environment["CUMULUS_ROOT"] = root;
        using Process shell = Process.Start(start)!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        Assert.Equal(then.Length > 0, output.Contains("goes on", StringComparison.Ordinal));
    }
}
