using Cumulus.Engine.Configuration;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Hosts;

public sealed class HostMetadataTests
{
    private const string File = "/etc/cumulus/metadata.conf";

    private const string Whole = """
        [metadata]
        region = eu-west-1
        bundle-bucket = my-bucket
        bundle-types = web, jobs
        environment = stage
        version = 1.0
        bundle-extraction-paths =
            web -> /srv/old
            web -> /srv/web/
            jobs->/opt/jobs
        log-level = DEBUG
        """;

    [Fact]
    public void Every_option_is_read()
    {
        HostMetadata m = Read(Whole);

        Assert.Equal(("eu-west-1", "my-bucket", "stage", "1.0", LogLevel.Debug), (m.Region, m.BundleBucket, m.Environment, m.Version, m.LogLevel));
        Assert.Equal(["web", "jobs"], m.BundleTypes);
        Assert.Equal(new Dictionary<string, string> { ["web"] = "/srv/web", ["jobs"] = "/opt/jobs" }, m.ExtractionPaths);
        Assert.Null(m.Keys);
        Assert.Equal("'web' stands there twice; this later one counts.", Assert.Single(m.Warnings).Message);
    }

    [Fact]
    public void The_bucket_is_read_by_both_names_with_a_warning_for_the_old_documents_one_D01()
    {
        HostMetadata m = Read(Whole.Replace("bundle-bucket", "bucket", StringComparison.Ordinal));

        Assert.Equal("my-bucket", m.BundleBucket);
        Assert.Contains(m.Warnings, w => w.ToString() == $"{File}:3: metadata / bucket: The option's name is 'bundle-bucket'; it is read as that.");

        HostMetadata both = Read(Whole + "\nbucket = other\n");
        Assert.Equal("my-bucket", both.BundleBucket);
        Assert.Contains(both.Warnings, w => w.Message.EndsWith("'bundle-bucket' is set and counts.", StringComparison.Ordinal));
    }

    [Fact]
    public void Extraction_paths_and_keys_and_region_may_be_absent_D11_D33()
    {
        HostMetadata m = Read("[metadata]\nbundle-bucket = b\nbundle-types = web\nenvironment = e\nversion = 1\n");

        Assert.Empty(m.ExtractionPaths);
        Assert.Null(m.Keys);
        Assert.Null(m.Region);
        Assert.Null(m.LogLevel);
        Assert.Empty(m.Warnings);
    }

    [Fact]
    public void All_that_is_missing_or_wrong_comes_at_once()
    {
        Assert.Equal(
            [
                "5: metadata / bundle-types: The option is missing or empty.",
                "6: metadata / environment: 'a/b' is not allowed: use up to 128 letters, digits and -._+ with a letter, a digit or _ first, no '..' and no '.' at the end.",
                "8: metadata / bundle-extraction-paths: The line is not 'bundle -> absolute path'.",
                "9: metadata / bundle-extraction-paths: 'srv' is no absolute path.",
                "10: metadata / bundle-extraction-paths: The line is not 'bundle -> absolute path'.",
                "11: metadata: 'access-key-id' is missing beside the other half of the key.",
                "4: metadata / bundle-bucket: The option is missing or empty.",
                "4: metadata / version: The option is missing or empty.",
            ],
            Problems("""


                # made by cfn-init
                [metadata]
                bundle-types =
                environment = a/b
                bundle-extraction-paths =
                    web = /srv
                    web -> srv
                    web -> /a -> /b
                secret-access-key = s3cr3t
                """).Order(StringComparer.Ordinal).OrderBy(p => p.StartsWith('4')).ThenBy(p => p.StartsWith('1')));
    }

    [Theory]
    [InlineData("", ": There is no section [metadata].")]
    [InlineData("[meta]\nversion = 1\n", ": There is no section [metadata].")]
    [InlineData("version = 1\n", "1: There is text before the first [section].")]
    public void A_file_without_the_section_is_an_error(string text, string problem) =>
        Assert.Contains(problem, Problems(text));

    [Fact]
    public void Unknown_options_and_sections_are_warnings_with_the_nearest_name()
    {
        HostMetadata m = Read("[metdata]\n" + Whole + "\nverison = 2\nlog-level = loud\n");

        Assert.Equal(
            [
                $"{File}:1: The section 'metdata' is not known and is ignored. Did you mean 'metadata'?",
                $"{File}:10: metadata / bundle-extraction-paths: 'web' stands there twice; this later one counts.",
                $"{File}:13: metadata: The option 'verison' is not known and is ignored. Did you mean 'version'?",
                $"{File}:14: metadata / log-level: 'loud' is no log level; info is used. Known: debug, info, warning, error.",
                $"{File}:14: metadata / log-level: The option stands in line 12 already; this later one counts.",
            ],
            m.Warnings.Select(w => w.ToString()));
        Assert.Equal(LogLevel.Info, m.LogLevel);
    }

    [Fact]
    public void Keys_are_read_with_a_warning_that_does_not_show_them_D33()
    {
        HostMetadata m = Read(Whole + "\naccess-key-id = AKIAEXAMPLE\nsecret-access-key = s3cr3t%x\n");

        Assert.Equal(new StaticKeys("AKIAEXAMPLE", "s3cr3t%x"), m.Keys);
        Assert.DoesNotContain("s3cr3t", m.ToString() + string.Concat(m.Warnings), StringComparison.Ordinal);
        Assert.Contains(m.Warnings, w => w.Message.Contains("Give the instance a role", StringComparison.Ordinal));
    }

    [Fact]
    public void Extraction_paths_of_Windows_are_absolute_with_a_drive()
    {
        HostMetadata m = HostMetadataReader.Read(
            "[metadata]\nbundle-bucket = b\nbundle-types = web\nenvironment = e\nversion = 1\nbundle-extraction-paths = web -> D:\\web\n", @"C:\metadata.conf", PathStyle.Windows);

        Assert.Equal(@"D:\web", m.ExtractionPaths["web"]);
    }

    [Fact]
    public void The_places_of_each_system_are_those_of_the_old_handler()
    {
        HostPaths unix = HostPaths.For(null, windows: false), windows = HostPaths.For(null, windows: true);

        Assert.Equal(("/etc/cumulus/metadata.conf", "/etc/cumulus-init.d", "/"), (unix.MetadataFile, unix.InitScripts, unix.WorkingFolder));
        Assert.Equal((@"C:\cumulus\conf\metadata.conf", @"C:\cumulus\init.d", @"C:\"), (windows.MetadataFile, windows.InitScripts, windows.WorkingFolder));
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        var e = Assert.Throws<CumulusException>(() => HostMetadataReader.Load(File, new MemoryFiles(), PathStyle.Unix));

        Assert.Equal((ErrorIds.MetadataInvalid, FailureKind.NotFound), (e.ErrorId, e.Kind));
        Assert.Contains(File, e.Message, StringComparison.Ordinal);
        Assert.Equal("1.0", HostMetadataReader.Load(File, new MemoryFiles().Add(File, Whole), PathStyle.Unix).Version);
    }

    [Theory]
    [InlineData("[metadata]\nversion = 1.0\nx = y\n", "[metadata]\nversion = 2.0\nx = y\n")]
    [InlineData("[metadata]\r\n  \r\nVersion:1.0   ; now\r\n# end", "[metadata]\r\n  \r\nVersion:2.0   ; now\r\n# end")]
    [InlineData("[metadata]\nversion =\n\t1.0\n", "[metadata]\nversion =\n\t2.0\n")]
    [InlineData("[metadata]\nversion =", "[metadata]\nversion =2.0")]
    [InlineData("[metadata]\nversion = ; none yet\n", "[metadata]\nversion = 2.0 ; none yet\n")]
    [InlineData("[metadata]\nversion = \"\"\n", "[metadata]\nversion = 2.0\n")]
    [InlineData("[metadata]\nversion = 0.9\nversion = 1.0\n", "[metadata]\nversion = 0.9\nversion = 2.0\n")]
    [InlineData("[other]\nversion = 1.0\n[metadata]\nversion = 1.0", "[other]\nversion = 1.0\n[metadata]\nversion = 2.0")]
    [InlineData("[metadata]\nx = 1\n", "[metadata]\nversion = 2.0\nx = 1\n")]
    [InlineData("[metadata]\r\nx = 1\r\n", "[metadata]\r\nversion = 2.0\r\nx = 1\r\n")]
    [InlineData("[metadata]", "[metadata]\nversion = 2.0\n")]
    [InlineData("[DEFAULT]\nversion = 1.0\n[metadata]\n", "[DEFAULT]\nversion = 1.0\n[metadata]\nversion = 2.0\n")]
    public void Another_version_changes_nothing_else(string text, string expected) =>
        Assert.Equal(expected, HostMetadataWriter.WithVersion(text, "2.0"));

    [Theory]
    [InlineData("[metadata]\nversion = 1.0\n", "a/b", ErrorIds.NameInvalid)]
    [InlineData("version = 1.0\n", "2.0", ErrorIds.MetadataInvalid)]
    [InlineData("[metadata]\nversion = 1.0\n  2.0\n", "3.0", ErrorIds.MetadataInvalid)]
    public void A_version_that_cannot_be_written_is_an_error(string text, string version, string errorId) =>
        Assert.Equal(errorId, Assert.ThrowsAny<CumulusException>(() => HostMetadataWriter.WithVersion(text, version)).ErrorId);

    private static HostMetadata Read(string text) => HostMetadataReader.Read(text, File, PathStyle.Unix);

    private static string[] Problems(string text)
    {
        var e = Assert.Throws<ConfigurationException>(() => Read(text));
        Assert.Equal(ErrorIds.MetadataInvalid, e.ErrorId);
        Assert.DoesNotContain("s3cr3t", e.Message, StringComparison.Ordinal);
        return [.. e.Problems.Select(p => p.ToString()[File.Length..].TrimStart(':')).Select(p => p.StartsWith(' ') ? ":" + p : p)];
    }
}
