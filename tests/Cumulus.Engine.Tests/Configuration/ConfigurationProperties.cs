using Cumulus.Engine.Configuration;
using Cumulus.Engine.Hosts;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class ConfigurationProperties
{
    private static readonly string[] ConfPieces =
    [
        "[environment: e]", "[stack: s]", "[bundle: b]", "[general]", "[DEFAULT]", "[metadata]", "[", "]", "\n", "\r\n", "\n ", "\n\t", "=", ":", ";", " ; ", "#", "%", "%(", ")s", "%(region)s",
        "region", "bucket", "version", "stacks", "bundles", "template", "parameters", "paths", "path-rewrites", "->", "include", "log-level", ",", "access-key-id", "bundle-types", "A = 1", "é", "\0", "x", "/", "..",
        "timeout-in-minutes = 99999999999999999999", "bundle-extraction-paths", "\"\"", "rem ", "~/x", "\\", "\uFEFF", "\uD800", "C:",
    ];

    private static readonly string[] YmlPieces =
    [
        "environments:", "stacks:", "bundles:", "include:", "extends: ", "variables:", "overrides:", "abstract: ", "${", "${e}", "${e.A}", "$${", "${env:", "stack-policy:", "depends-on: ", "tags:", "e:", "s:", "region:", "version:", "template:", "parameters:", "paths:", "path-rewrites:", "tags:", "\n", "\n  ", "\n    ", "\n\t", "- ", "[", "]",
        "{", "}", ",", ": ", "'", "\"", "|", ">", "&a ", "*a", "<<: ", "!!str ", "!x ", "? ", "---", "...", "%YAML 1.2", "#", "~", "1.0", "x", "->", "é", "\0", "\uFEFF", "\uD800", "\r", "@", "`", "!<", "!<tag:yaml.org,2002:str> ",
    ];

    [Fact]
    public void Random_text_in_a_conf_file_is_read_or_is_an_error_with_an_id() => Fuzz(ConfPieces, text => Loading.Conf(text));

    [Fact]
    public void Random_text_in_a_yml_file_is_read_or_is_an_error_with_an_id() => Fuzz(YmlPieces, text => Loading.Yml(text));

    [Fact]
    public void Random_text_in_metadata_is_read_or_is_an_error_with_an_id() =>
        Fuzz(ConfPieces, text => HostMetadataReader.Read(text, "/etc/cumulus/metadata.conf", PathStyle.Unix));

    [Fact]
    public void Random_bytes_are_read_or_are_an_error_with_an_id() =>
        Prop.ForAll<byte[]>(bytes => IsReadOrRefused(() => Loading.Load(new MemoryFiles().Add("/srv/project/cumulus.conf", bytes).Add("/srv/project/cumulus.yml", bytes))))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_written_as_conf_is_read_back()
    {
        Gen<string> value = Gen.Elements("a", "b=c", "x:y", "100%", "a;b", "#x", "é", "%", "a b").Resize(5);
        Gen<KeyValuePair<string, string>[]> pairs = Gen.Elements("A", "B", "C::D", "Ä").Zip(value).Select(p => KeyValuePair.Create(p.Item1, p.Item2)).ArrayOf()
            .Select(p => p.DistinctBy(x => x.Key).ToArray());
        Gen<(string Region, KeyValuePair<string, string>[] Parameters, string Separator, string LineEnd)> documents =
            from region in value
            from parameters in pairs
            from separator in Gen.Elements("=", ": ", " = ", "\t:\t")
            from lineEnd in Gen.Elements("\n", "\r\n", "\n\n", "\n# note\n")
            select (region, parameters, separator, lineEnd);

        Prop.ForAll(documents.ToArbitrary(), d =>
        {
            string escaped(string text) => text.Replace("%", "%%", StringComparison.Ordinal);
            string[] lines =
            [
                "[environment: e]", $"Region{d.Separator}{escaped(d.Region)}", "[stack: s]", $"template{d.Separator}t.json", $"parameters{d.Separator}",
                .. d.Parameters.Select(p => $"  {escaped(p.Key)} = {escaped(p.Value)}"),
            ];
            CumulusConfiguration c = Loading.Conf(string.Join(d.LineEnd, lines));
            return c.Environment("e").Region == d.Region && c.Stack("s").Parameters.SequenceEqual(d.Parameters) && c.Warnings.Count == 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_changed_version_is_read_back_and_all_else_is_as_before()
    {
        Gen<string> texts =
            from separator in Gen.Elements("=", ":", " = ", " :\t", " =\n   ")
            from old in Gen.Elements("1.0", "v2", "x+y_z")
            from comment in Gen.Elements("", " ; why", "  ")
            from lineEnd in Gen.Elements("\n", "\r\n")
            from order in Gen.Shuffle(new[] { $"version{separator}{old}{(separator.Contains('\n', StringComparison.Ordinal) ? "" : comment)}", "environment = e", "bundle-types = a,\n  b", "# version = 9", "bundle-bucket: b", "region = r" })
            select "; head" + lineEnd + "[metadata]" + lineEnd + string.Join(lineEnd, order);

        Prop.ForAll(texts.ToArbitrary(), Gen.Elements("2", "1.0", "3.0-rc.1").ToArbitrary(), (text, version) =>
        {
            HostMetadata before = HostMetadataReader.Read(text, "/m", PathStyle.Unix);
            string changed = HostMetadataWriter.WithVersion(text, version);
            HostMetadata after = HostMetadataReader.Read(changed, "/m", PathStyle.Unix);
            return after.Version == version
                && HostMetadataWriter.WithVersion(changed, before.Version) == text
                && (after.Environment, after.BundleBucket, after.Region) == (before.Environment, before.BundleBucket, before.Region)
                && after.BundleTypes.SequenceEqual(before.BundleTypes);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_resolved_path_is_absolute_stays_as_it_is_and_its_archive_name_never_climbs()
    {
        Gen<string> written = Gen.Elements("a", "b c", ".", "..", "/", "\\", "~", "C:", "//", "é").ArrayOf().Select(string.Concat);

        Prop.ForAll(written.ToArbitrary(), text =>
        {
            string unix = PathStyle.Unix.Resolve("/p/q", text, "/home/ann"), windows = PathStyle.Windows.Resolve(@"D:\p", text, @"C:\ann");
            string name = PathStyle.ArchiveName(text);
            return PathStyle.Unix.IsAbsolute(unix) && PathStyle.Unix.Resolve("/other", unix, null) == unix
                && PathStyle.Windows.IsAbsolute(windows) && PathStyle.Windows.Resolve(@"E:\other", windows, null) == windows
                && !name.StartsWith('/') && !name.Contains('\\', StringComparison.Ordinal) && !name.Split('/').Any(c => c is "." or "..");
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_pattern_matches_or_does_not_but_never_fails()
    {
        Gen<string> patterns = Gen.Elements("a", "*", "?", "[", "]", "-", "^", "\\", "z", ".", "(").ArrayOf().Select(string.Concat);

        Prop.ForAll(patterns.ToArbitrary(), pattern => NamePattern.Matches(pattern, "abc") || !NamePattern.Matches(pattern, "abc")).QuickCheckThrowOnFailure();
        Prop.ForAll<NonNull<string>>(name => NamePattern.Matches("*", name.Get.Replace("\n", "", StringComparison.Ordinal))).QuickCheckThrowOnFailure();
    }

    private static void Fuzz(string[] pieces, Action<string> read)
    {
        Gen<string> texts = Gen.Elements(pieces).ArrayOf().Select(string.Concat);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(60), Prop.ForAll(texts.ToArbitrary(), text => IsReadOrRefused(() => read(text))));
        Prop.ForAll<NonNull<string>>(text => IsReadOrRefused(() => read(text.Get))).QuickCheckThrowOnFailure();
    }

    // Anything but a CumulusException escapes and fails the property.
    private static bool IsReadOrRefused(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (CumulusException e)
        {
            return e.ErrorId is ErrorIds.ConfigurationInvalid or ErrorIds.MetadataInvalid && e.Message.Length > 0;
        }
    }
}
