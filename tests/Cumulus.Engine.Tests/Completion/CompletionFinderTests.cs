using System.Diagnostics;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Completion;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Completion;

public sealed class CompletionFinderTests
{
    private static readonly CompletionScope Here = Scope("/here");
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData("", "prod,stage,Stage2")]
    [InlineData("st", "stage,Stage2")]
    [InlineData("*2", "Stage2")]
    [InlineData("?rod", "prod")]
    [InlineData("x", "")]
    public void Words_that_begin_with_what_was_typed_or_match_its_wildcards(string typed, string expected)
    {
        var source = new Source { Now = ["prod", "stage"], Live = _ => Task.FromResult<string[]>(["stage", "Stage2"]) };
        Assert.Equal(expected, string.Join(',', Finder(TimeSpan.FromSeconds(20)).Find(source, Here, typed).Select(w => w.Text)));
    }

    [Fact]
    public void An_error_is_no_word_and_no_exception()
    {
        var finder = Finder(TimeSpan.FromSeconds(20));
        Assert.Empty(finder.Find(new Source { Live = _ => throw new InvalidOperationException() }, Here, ""));
        Assert.Equal(["a"], finder.Find(new BrokenLiveSource(), Here, "").Select(w => w.Text));
    }

    [Fact]
    public void What_comes_too_late_is_there_at_the_next_try()
    {
        var answer = new TaskCompletionSource<string[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        int calls = 0;
        var source = new Source { Now = ["a"], Live = _ => { Interlocked.Increment(ref calls); return answer.Task; } };
        var finder = new CompletionFinder(TimeProvider.System, TimeSpan.FromMilliseconds(300));
        var watch = Stopwatch.StartNew();
        finder.Find(source, Here, "");
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5000);
        answer.SetResult(["b"]);
        Assert.True(SpinWait.SpinUntil(() => finder.Find(source, Here, "").Any(w => w.Text == "b"), TimeSpan.FromSeconds(20)));
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Answers_are_kept_for_a_short_while_and_for_one_place_only()
    {
        int calls = 0;
        var source = new Source { Live = _ => Task.FromResult<string[]>([$"{Interlocked.Increment(ref calls)}"]) };
        var finder = Finder(TimeSpan.FromSeconds(20));
        string Ask(CompletionScope scope) => string.Join(',', finder.Find(source, scope, "").Select(w => w.Text));
        Assert.Equal("1", Ask(Here));
        Assert.Equal("1", Ask(Scope("/here")));
        Assert.Equal("2", Ask(Scope("/there")));
        Assert.Equal("3", Ask(Scope("/here", ("Environment", "stage"))));
        _clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal("4", Ask(Here));
    }

    [Fact]
    public void Versions_come_from_the_bucket_of_the_environment_the_newest_first()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "cumulus.yml"), "environments:\n  stage:\n    bucket: b1\n    region: eu-west-1\n    version: 0.9\n    bundles: [web]\nbundles:\n  web:\n    paths: [.]\n");
        (AwsConnection? Connection, string? Bucket, string? Prefix) asked = default;
        var source = new VersionWords((connection, bucket, prefix, _) =>
        {
            asked = (connection, bucket, prefix);
            return Task.FromResult<IReadOnlyList<ListedObject>>([Archive("1.0", 1), Archive("1.2", 3), Archive("1.1", 2), new ListedObject("stage/x", 1, DateTimeOffset.UnixEpoch, "e")]);
        });
        Assert.Equal(["0.9", "1.2", "1.1", "1.0"], Finder(TimeSpan.FromSeconds(20)).Find(source, Scope(folder.Path, ("Environment", "stage")), "").Select(w => w.Text));
        Assert.Equal(("eu-west-1", "b1", "stage/"), (asked.Connection!.Region, asked.Bucket, asked.Prefix));
    }

    [Fact]
    public void Stacks_and_bundles_are_those_of_the_named_environment()
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "cumulus.yml"), "environments:\n  stage:\n    stacks: [web]\nstacks:\n  web:\n    template: t\n  db:\n    template: t\n");
        Assert.Equal(["web"], new StackWords().Offline(Scope(folder.Path, ("Environment", "stage"))).Select(w => w.Text));
        Assert.Equal(["web", "db"], new StackWords().Offline(Scope(folder.Path)).Select(w => w.Text));
        Assert.Equal(["stage"], new EnvironmentWords().Offline(Scope(folder.Path)).Select(w => w.Text));
        Assert.Empty(new EnvironmentWords().Offline(Scope(Path.Combine(folder.Path, "none"))));
        Assert.Contains("eu-central-1", new RegionWords().Offline(Here).Select(w => w.Text));
    }

    [Fact]
    public void The_key_of_a_scope_has_no_secret() =>
        Assert.DoesNotContain("hunter2", new CompletionScope("/", new AwsConnection { Keys = new("AKIA", "hunter2") }, new Dictionary<string, string>()).Key);

    private CompletionFinder Finder(TimeSpan patience) => new(_clock, patience);

    private static ListedObject Archive(string version, int day) => new($"stage/{version}/bundle-stage-{version}-web.zip", 1, DateTimeOffset.UnixEpoch.AddDays(day), "e");

    private static CompletionScope Scope(string folder, params (string Name, string Value)[] parameters) => new(folder, session: null, parameters.ToDictionary(p => p.Name, p => p.Value));

    private sealed class Source : ICompletionSource
    {
        public string[] Now { get; init; } = [];

        public Func<CancellationToken, Task<string[]>> Live { get; init; } = _ => Task.FromResult<string[]>([]);

        public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) => [.. Now.Select(w => new CompletionWord(w))];

        public async Task<IReadOnlyList<CompletionWord>> LiveAsync(CompletionScope scope, CancellationToken cancellationToken) =>
            [.. (await Live(cancellationToken)).Select(w => new CompletionWord(w))];
    }

    private sealed class BrokenLiveSource : ICompletionSource
    {
        public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) => [new("a")];

        public Task<IReadOnlyList<CompletionWord>> LiveAsync(CompletionScope scope, CancellationToken cancellationToken) => throw new IOException();
    }
}
