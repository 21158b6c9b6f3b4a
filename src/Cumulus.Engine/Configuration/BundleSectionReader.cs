using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

/// <summary>Reads one bundle of the model.</summary>
internal sealed class BundleSectionReader(PathResolver paths)
{
    public BundleDefinition Read(SectionView section)
    {
        SettingItem? preBuilt = section.Item("pre-built-bundle");
        IReadOnlyList<SettingItem> written = section.Items("paths");
        if (preBuilt is null && written.Count == 0) section.Problems.Error(section.Place, section.Key.ToString(), "The bundle has neither paths nor a pre-built-bundle.");
        if (preBuilt is not null && written.Count > 0)
            section.Problems.Warn(preBuilt.Place, section.Option("pre-built-bundle"), "The bundle is pre-built, so its paths are not used.");
        bool pathsConf = section.Find("paths")?.IsConf ?? false;
        string option = section.Option("paths");
        return new BundleDefinition
        {
            Name = section.Key.Name,
            Paths = [.. written.Select(p => new BundlePath(
                paths.Resolve(p, pathsConf, option), PathStyle.ArchiveName(PathStyle.ExpandHome(p.Text, paths.Request.HomeFolder))))],
            PathRewrites = [.. section.Items("path-rewrites").Select(r => new PathRewrite(ArchiveName(r.Key!), ArchiveName(r.Text)))],
            Exclude = Excluded(section),

            // The old program followed them, and what was written for it keeps its meaning.
            FollowSymlinks = section.Boolean("follow-symlinks") ?? (preBuilt is null && pathsConf),
            Format = Format(section, preBuilt),
            PreBundleHook = section.Text("pre-bundle-hook"),
            PostBundleHook = section.Text("post-bundle-hook"),
            HookTimeLimit = section.Seconds("hook-time-limit") ?? TimeSpan.FromMinutes(30),
            PreBuiltBundle = preBuilt is null ? null : paths.Resolve(preBuilt, section.Find("pre-built-bundle")!.IsConf, section.Option("pre-built-bundle")),
            SourceFile = section.Place.File,
        };
    }

    private static List<string> Excluded(SectionView section)
    {
        IReadOnlyList<SettingItem> items = section.Items("exclude");
        foreach (SettingItem item in items)
        {
            if (IgnorePattern.Problem(item.Text) is { } problem) section.Problems.Error(item.Place, section.Option("exclude"), $"'{item.Text}' is no pattern that could match anything: {problem}.");
        }

        return [.. items.Select(i => i.Text)];
    }

    private static BundleFormat Format(SectionView section, SettingItem? preBuilt)
    {
        SettingItem? item = section.Item("format");
        BundleFormat? format = item is null ? null : BundleFormats.Parse(item.Text);
        if (item is not null && format is null)
            section.Problems.Error(item.Place, section.Option("format"), $"'{item.Text}' is no format of bundles. Known: {string.Join(", ", BundleFormats.Names)}.", NearestName.Of(item.Text, BundleFormats.Names));
        BundleFormat? given = preBuilt is null ? null : BundleFormats.Of(preBuilt.Text);
        if (given is not null && format is not null && given != format)
            section.Problems.Error(item!.Place, section.Option("format"), $"The bundle is pre-built as {preBuilt!.Text}, so that its format is not {item.Text}.");
        return given ?? format ?? BundleFormat.Zip;
    }

    // Both sides lose drive and leading '/', as the names in the archive do: so a rewrite of an absolute path finds its files (D-15).
    private string ArchiveName(string written) => PathStyle.ArchiveName(PathStyle.ExpandHome(written, paths.Request.HomeFolder));
}
