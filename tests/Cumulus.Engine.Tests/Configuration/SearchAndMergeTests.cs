using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class SearchAndMergeTests
{
    private const string Folder = Loading.Folder;

    [Fact]
    public void Unix_is_searched_from_far_to_near() =>
        Assert.Equal(
            [
                "/etc/cumulus.conf", "/etc/cumulus.yaml", "/etc/cumulus.yml",
                "/home/ann/.cumulus.conf", "/home/ann/.cumulus.yaml", "/home/ann/.cumulus.yml",
                "/p/cumulus.conf", "/p/cumulus.yaml", "/p/cumulus.yml",
            ],
            ConfigurationSearch.Candidates(PathStyle.Unix, "/p", "/home/ann"));

    [Fact]
    public void Windows_is_searched_from_far_to_near() =>
        Assert.Equal(
            [
                @"C:\cumulus.conf", @"C:\cumulus.yaml", @"C:\cumulus.yml",
                @"C:\Users\ann\.cumulus.conf", @"C:\Users\ann\.cumulus.yaml", @"C:\Users\ann\.cumulus.yml",
                @"D:\p\cumulus.conf", @"D:\p\cumulus.yaml", @"D:\p\cumulus.yml",
            ],
            ConfigurationSearch.Candidates(PathStyle.Windows, @"D:\p", @"C:\Users\ann"));

    [Fact]
    public void Without_a_home_folder_two_places_remain() =>
        Assert.Equal(6, ConfigurationSearch.Candidates(PathStyle.Unix, "/p", null).Count);

    [Fact]
    public void In_the_machines_own_folder_each_file_is_searched_once() =>
        Assert.Equal(3, ConfigurationSearch.Candidates(PathStyle.Unix, "/etc", null).Count);

    [Fact]
    public void No_file_at_all_names_the_paths_tried()
    {
        var e = Assert.Throws<CumulusException>(() => Loading.Load(new MemoryFiles()));

        Assert.Equal((ErrorIds.ConfigurationNotFound, FailureKind.NotFound), (e.ErrorId, e.Kind));
        Assert.All(ConfigurationSearch.Candidates(PathStyle.Unix, Folder, "/home/ann"), path => Assert.Contains(path, e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_nearer_file_overrides_a_farther_one_option_by_option_in_either_format()
    {
        var files = new MemoryFiles()
            .Add("/etc/cumulus.conf", "[environment: e]\nregion = far\nbucket = far\nversion = far\nprofile = far\n[stack: s]\ntemplate = /t\nparameters =\n  A = 1\n  B = 2\n")
            .Add("/home/ann/.cumulus.yml", "environments: { e: { bucket: home, version: home, profile: } }")
            .Add($"{Folder}/cumulus.conf", "[environment: e]\nversion = near\n")
            .Add($"{Folder}/cumulus.yml", "stacks: { s: { parameters: { C: 3 } } }");

        CumulusConfiguration c = Loading.Load(files);

        EnvironmentDefinition e = c.Environment("e");
        Assert.Equal(("far", "home", "near", null), (e.Region, e.Bucket, e.Version, e.ProfileName));
        Assert.Equal([new("C", "3")], c.Stack("s").Parameters);
        Assert.Equal(["/etc/cumulus.conf", "/home/ann/.cumulus.yml", $"{Folder}/cumulus.conf", $"{Folder}/cumulus.yml"], c.Sources);
        Assert.Equal($"{Folder}/cumulus.conf", e.SourceFile);
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void In_one_folder_yml_has_the_last_word_and_two_yaml_files_are_a_warning()
    {
        var files = new MemoryFiles()
            .Add($"{Folder}/cumulus.conf", "[environment: e]\nregion = conf\nbucket = conf\nversion = conf\n")
            .Add($"{Folder}/cumulus.yaml", "environments: { e: { bucket: yaml, version: yaml } }")
            .Add($"{Folder}/cumulus.yml", "environments: { e: { version: yml } }");

        CumulusConfiguration c = Loading.Load(files);

        Assert.Equal(("conf", "yaml", "yml"), (c.Environment("e").Region, c.Environment("e").Bucket, c.Environment("e").Version));
        Assert.StartsWith("cumulus.yml: cumulus.yaml is read too", Assert.Single(Loading.Warnings(c)), StringComparison.Ordinal);
    }

    [Fact]
    public void Named_files_replace_the_search_and_the_later_wins()
    {
        var files = new MemoryFiles()
            .Add($"{Folder}/cumulus.conf", "[environment: other]\n")
            .Add($"{Folder}/a.conf", "[environment: e]\nregion = a\nbucket = a\n")
            .Add("/home/ann/b.yaml", "environments: { e: { bucket: b } }");

        CumulusConfiguration c = Loading.Load(files, "a.conf", "~/b.yaml");

        Assert.Equal(("a", "b"), (c.Environment("e").Region, c.Environment("e").Bucket));
        Assert.Equal("e", Assert.Single(c.Environments).Name);
        Assert.Equal("a", Loading.Load(files, "a.conf", "~/b.yaml", "./a.conf").Environment("e").Bucket);
    }

    [Fact]
    public void A_named_file_that_is_missing_is_an_error()
    {
        var files = new MemoryFiles().Add($"{Folder}/a.conf", "[environment: e]\n");

        var e = Assert.Throws<CumulusException>(() => Loading.Load(files, "a.conf", "b.conf", "c.yml"));

        Assert.Equal(ErrorIds.ConfigurationNotFound, e.ErrorId);
        Assert.Contains($"{Folder}/b.conf, {Folder}/c.yml", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a.conf", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Problems_of_all_files_come_at_once()
    {
        var files = new MemoryFiles()
            .Add($"{Folder}/cumulus.conf", "[stack: a]\n")
            .Add($"{Folder}/cumulus.yml", "stacks: { b: { template: [] } }");

        string[] problems = Loading.Problems(() => Loading.Load(files));

        Assert.Equal(
            ["cumulus.conf:1: stack: a: The stack has no template.", "cumulus.yml:1:26: stack: b / template: Expected a text, found a list."],
            problems);
    }

    [Fact]
    public void Sections_of_one_file_inherit_DEFAULT_of_another_and_refer_to_the_other_format()
    {
        var files = new MemoryFiles()
            .Add("/etc/cumulus.conf", "[DEFAULT]\nregion = eu-west-1\n[environment: e]\nbucket = %(profile)s-%(version)s\n")
            .Add($"{Folder}/cumulus.yml", "environments: { e: { profile: 50%%, version: 1.0 }, f: {} }");

        CumulusConfiguration c = Loading.Load(files);

        Assert.Equal(("eu-west-1", "50%%-1.0"), (c.Environment("e").Region, c.Environment("e").Bucket));
        Assert.Equal("eu-west-1", c.Environment("f").Region);
    }

    [Fact]
    public void Includes_are_read_before_the_main_files_and_from_beside_them()
    {
        var files = new MemoryFiles()
            .Add("/conf/main.conf", "[general]\ninclude = inc/a.conf, b.yml, none.conf\n[environment: e]\nversion = main\n")
            .Add("/conf/inc/a.conf", "[environment: e]\nregion = a\nbucket = a\nversion = a\n[general]\ninclude = more.conf\n")
            .Add("/conf/b.yml", "environments: { e: { bucket: b } }");

        CumulusConfiguration c = Loading.Load(files, "/conf/main.conf");

        Assert.Equal(("a", "b", "main"), (c.Environment("e").Region, c.Environment("e").Bucket, c.Environment("e").Version));
        Assert.Equal(["/conf/inc/a.conf", "/conf/b.yml", "/conf/main.conf"], c.Sources);
        Assert.Equal(
            [
                "/conf/main.conf:2: general / include: The included file /conf/none.conf does not exist and is left out.",
                "/conf/inc/a.conf:6: general / include: An included file includes no further ones; the option is ignored.",
            ],
            Loading.Warnings(c));
    }

    [Fact]
    public void The_last_main_file_that_names_includes_decides_and_old_includes_start_from_the_current_folder_with_a_warning()
    {
        var files = new MemoryFiles()
            .Add("/conf/a.conf", "[general]\ninclude = x.conf\n")
            .Add("/conf/b.conf", "[general]\ninclude = y.conf\n")
            .Add($"{Folder}/y.conf", "[environment: e]\n");

        CumulusConfiguration c = Loading.Load(files, "/conf/a.conf", "/conf/b.conf");

        Assert.Equal([$"{Folder}/y.conf", "/conf/a.conf", "/conf/b.conf"], c.Sources);
        Assert.StartsWith("/conf/b.conf:2: general / include: /conf/y.conf does not exist; y.conf is taken, as the old program did.", Assert.Single(Loading.Warnings(c)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_YAML_file_includes_too() =>
        Assert.Equal("a", Loading.Load(new MemoryFiles()
            .Add("/conf/main.yml", "include: [a.conf]\nenvironments: { e: {} }")
            .Add("/conf/a.conf", "[environment: e]\nregion = a\n"), "/conf/main.yml").Environment("e").Region);

    [Fact]
    public void Paths_start_from_the_file_that_names_them()
    {
        var files = new MemoryFiles()
            .Add("/conf/main.conf", "[stack: s]\ntemplate = t.json\n[bundle: b]\npaths =\n  site\n  both\n  only-here\n")
            .Add($"{Folder}/both", "").Add("/conf/both", "")
            .Add($"{Folder}/only-here", "")
            .Add("/conf/main.yml", "bundles: { y: { paths: [only-here] } }");

        CumulusConfiguration c = Loading.Load(files, "/conf/main.conf", "/conf/main.yml");

        Assert.Equal("/conf/t.json", c.Stack("s").Template);
        Assert.Equal([new("/conf/site", "site"), new("/conf/both", "both"), new($"{Folder}/only-here", "only-here")], c.Bundle("b").Paths);
        Assert.Equal("/conf/only-here", Assert.Single(c.Bundle("y").Paths).FullPath);
        Assert.Equal(
            [
                "/conf/main.conf:6: bundle: b / paths: Both /conf/both and both exist. The first is taken, since paths start from the file that names them; the old program took the second.",
                "/conf/main.conf:7: bundle: b / paths: /conf/only-here does not exist; only-here is taken, as the old program did. Paths start from the file that names them: write it so.",
            ],
            Loading.Warnings(c));
    }

    [Fact]
    public void A_configuration_of_Windows_is_found_and_its_paths_are_those_of_Windows()
    {
        var files = new MemoryFiles()
            .Add(@"C:\cumulus.conf", "[stack: s]\ntemplate = %TPL%\\s.json\n[bundle: b]\npaths =\n  site/a\n  D:\\srv\\web\n  ~\\conf\n")
            .Add(@"C:\Users\ann\.cumulus.yml", "environments: { e: { region: home } }")
            .Add(@"D:\p\cumulus.yml", "environments: { e: { version: 1.0 } }")
            .Add(@"D:\p\site\a", "");

        CumulusConfiguration c = new ConfigurationLoader(files).Load(new ConfigurationRequest
        {
            CurrentFolder = @"D:\p",
            HomeFolder = @"C:\Users\ann",
            PathStyle = PathStyle.Windows,
            Variables = new Dictionary<string, string> { ["Tpl"] = @"E:\templates" },
        });

        Assert.Equal(("home", "1.0"), (c.Environment("e").Region, c.Environment("e").Version));
        Assert.Equal(@"E:\templates\s.json", c.Stack("s").Template);
        Assert.Equal([new(@"D:\p\site\a", "site/a"), new(@"D:\srv\web", "srv/web"), new(@"C:\Users\ann\conf", "Users/ann/conf")], c.Bundle("b").Paths);
        Assert.StartsWith(@"C:\cumulus.conf:5: bundle: b / paths: C:\site\a does not exist; D:\p\site\a is taken", Assert.Single(c.Warnings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_problem_that_names_it()
    {
        string folder = Directory.CreateTempSubdirectory("cumulus-configuration-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "a.conf"));
            var request = new ConfigurationRequest { CurrentFolder = folder, Paths = ["a.conf"] };

            var e = Assert.Throws<ConfigurationException>(() => new ConfigurationLoader().Load(request));

            Assert.Contains(Path.Combine(folder, "a.conf"), e.Message, StringComparison.Ordinal);
            Assert.Contains("folder", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Files_of_the_disk_are_found_and_read()
    {
        string folder = Directory.CreateTempSubdirectory("cumulus-configuration-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "cumulus.yml"), "environments: { e: { region: eu-west-1 } }");
            CumulusConfiguration c = new ConfigurationLoader().Load(ConfigurationRequest.Here(folder) with { HomeFolder = folder });

            Assert.Equal("eu-west-1", c.Environment("e").Region);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
