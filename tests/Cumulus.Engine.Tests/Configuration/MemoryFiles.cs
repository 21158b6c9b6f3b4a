using System.Text;
using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

/// <summary>Files of either system in memory, so that Windows rules are tested anywhere.</summary>
internal sealed class MemoryFiles : IConfigurationFiles
{
    private readonly Dictionary<string, byte[]?> _files = [];

    public MemoryFiles Add(string path, string text) => Add(path, Encoding.UTF8.GetBytes(text));

    public MemoryFiles Add(string path, byte[] bytes)
    {
        _files[path] = bytes;
        return this;
    }

    public bool Exists(string path) => _files.ContainsKey(path);

    public byte[]? Read(string path) => _files.GetValueOrDefault(path);
}

internal static class Loading
{
    public const string Folder = "/srv/project";

    /// <summary>Loads one file of the given name beside nothing else.</summary>
    public static CumulusConfiguration One(string name, string text) => Load(new MemoryFiles().Add($"{Folder}/{name}", text));

    public static CumulusConfiguration Conf(string text) => One("cumulus.conf", text);

    public static CumulusConfiguration Yml(string text) => One("cumulus.yml", text);

    public static CumulusConfiguration Load(MemoryFiles files, params string[] paths) => new ConfigurationLoader(files).Load(Request(paths));

    public static ConfigurationRequest Request(params string[] paths) => new()
    {
        Paths = paths,
        CurrentFolder = Folder,
        HomeFolder = "/home/ann",
        PathStyle = PathStyle.Unix,
    };

    /// <summary>What is wrong with a <c>.conf</c>, one text a problem, without the folder.</summary>
    public static string[] ConfProblems(string text) => Problems(() => Conf(text));

    public static string[] YmlProblems(string text) => Problems(() => Yml(text));

    public static string[] Problems(Action load)
    {
        var e = Assert.Throws<ConfigurationException>(load);
        Assert.Equal(ErrorIds.ConfigurationInvalid, e.ErrorId);
        Assert.All(e.Problems, p => Assert.Contains(p.ToString(), e.Message, StringComparison.Ordinal));
        return [.. e.Problems.Select(p => p.ToString().Replace(Folder + "/", "", StringComparison.Ordinal))];
    }

    public static string[] Warnings(CumulusConfiguration configuration) =>
        [.. configuration.Warnings.Select(p => p.ToString().Replace(Folder + "/", "", StringComparison.Ordinal))];
}
