using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>Stretches of an object, from endpoints that break, cut and lie.</summary>
public sealed class S3RangeTests : IDisposable
{
    private const int Size = 300_000;
    private const string ETag = "\"e1\"";

    private static readonly string Content = string.Concat(Enumerable.Range(0, Size / 10).Select(i => $"{i:000000000}\n"));

    private readonly AutoClock _clock = new();
    private readonly List<IDisposable> _open = [];

    public void Dispose() => _open.ForEach(o => o.Dispose());

    [Fact]
    public async Task A_stretch_is_asked_for_by_its_bytes_and_of_this_object_alone()
    {
        (ReadOutcome outcome, string read, StubServer server) = await ReadAsync(Honest);
        Assert.Equal((ReadOutcome.Read, Content[1000..201_000]), (outcome, read));
        StubRequest request = Assert.Single(server.Requests);
        Assert.Equal(("bytes=1000-200999", ETag), (request.Headers["Range"], request.Headers["If-Match"]));
    }

    [Fact]
    public async Task A_connection_that_is_reset_in_the_middle_is_taken_up_where_it_broke()
    {
        int requests = 0;
        (ReadOutcome outcome, string read, StubServer server) = await ReadAsync(r => Honest(r) with { CutAfter = Interlocked.Increment(ref requests) == 1 ? 150_000 : null });
        Assert.Equal((ReadOutcome.Read, Content[1000..201_000]), (outcome, read));
        Assert.Equal(2, server.Requests.Count);
        Assert.True(Start(server.Requests.Last()) is > 1000 and <= 151_000);
        Assert.Equal(ETag, server.Requests.Last().Headers["If-Match"]);
    }

    [Fact]
    public async Task A_range_that_ends_too_early_is_asked_for_the_rest()
    {
        (ReadOutcome outcome, string read, StubServer server) = await ReadAsync(r => Honest(r) is var whole && whole.Body.Length > 90_000 ? whole with { Body = whole.Body[..90_000] } : whole);
        Assert.Equal((ReadOutcome.Read, Content[1000..201_000]), (outcome, read));
        Assert.Equal([1000, 91_000, 181_000], server.Requests.Select(Start));
        Assert.Empty(_clock.Waits);
    }

    [Fact]
    public async Task An_endpoint_that_gives_nothing_more_is_given_up_after_some_tries_with_growing_waits()
    {
        var e = await Assert.ThrowsAsync<CumulusException>(() => ReadAsync(r => Honest(r) with { Body = "" }));
        Assert.Equal(ErrorIds.EndpointUnreachable, e.ErrorId);
        Assert.Contains("ended after 0 of 200000 bytes", e.Message);
        Assert.Equal([0.5, 1, 2, 4], _clock.Waits.Select(w => w.TotalSeconds));
    }

    [Fact]
    public async Task A_connection_that_stands_still_counts_as_broken()
    {
        var never = new TaskCompletionSource<StubAnswer>();
        int requests = 0;
        (ReadOutcome outcome, string read, StubServer server) = await ReadAsync(
            r => Interlocked.Increment(ref requests) == 1 ? never.Task : Task.FromResult(Honest(r)),
            new DownloadPatience(TimeSpan.FromSeconds(1), 6));
        Assert.Equal((ReadOutcome.Read, Content[1000..201_000]), (outcome, read));
        Assert.Equal(2, server.Requests.Count);
        never.SetResult(new StubAnswer(200, ""));
    }

    [Fact]
    public async Task An_endpoint_that_answers_with_the_whole_object_is_told_apart()
    {
        (ReadOutcome outcome, _, StubServer server) = await ReadAsync(_ => new StubAnswer(200, Content));
        Assert.Equal(ReadOutcome.Whole, outcome);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_answer_with_another_stretch_than_was_asked_for_is_not_used()
    {
        (ReadOutcome outcome, _, _) = await ReadAsync(r => Honest(r) with { Headers = new Dictionary<string, string> { ["Content-Range"] = $"bytes 0-199999/{Size}" } });
        Assert.Equal(ReadOutcome.Whole, outcome);
    }

    [Fact]
    public async Task The_whole_object_is_as_good_where_the_stretch_is_all_of_it()
    {
        (ReadOutcome outcome, string read, _) = await ReadAsync(_ => Task.FromResult(new StubAnswer(200, Content)), start: 0, length: Size);
        Assert.Equal((ReadOutcome.Read, Content), (outcome, read));
    }

    [Theory]
    [InlineData(412, "PreconditionFailed")]
    [InlineData(404, "NoSuchKey")]
    public async Task An_object_that_is_replaced_or_removed_in_the_middle_is_gone(int status, string code)
    {
        int requests = 0;
        (ReadOutcome outcome, _, StubServer server) = await ReadAsync(r => Interlocked.Increment(ref requests) == 1 ? Honest(r) with { CutAfter = 150_000 } : StubAnswer.S3Error(status, code, "no"));
        Assert.Equal(ReadOutcome.Gone, outcome);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_download_that_broke_and_cannot_be_gone_on_with_is_an_error_and_no_wrong_file()
    {
        using var folder = new TempFolder();
        (S3ObjectStore store, _) = Connect(r => Task.FromResult(new StubAnswer(200, Content, CutAfter: 200_000) { Headers = new Dictionary<string, string> { ["ETag"] = ETag } }));
        var e = await Assert.ThrowsAsync<CumulusException>(() => store.DownloadAsync("bkt", "k", folder["down"], null, default));
        Assert.Equal(ErrorIds.AwsRequestFailed, e.ErrorId);
        Assert.Contains("answers with all of it", e.Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static StubAnswer Honest(StubRequest request)
    {
        int start = Start(request);
        int end = int.Parse(request.Headers["Range"].Split('-')[1], CultureInfo.InvariantCulture);
        return new StubAnswer(206, Content[start..(end + 1)]) { Headers = new Dictionary<string, string> { ["Content-Range"] = $"bytes {start}-{end}/{Size}", ["ETag"] = ETag } };
    }

    private static int Start(StubRequest request) => int.Parse(request.Headers["Range"]["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture);

    private Task<(ReadOutcome Outcome, string Read, StubServer Server)> ReadAsync(Func<StubRequest, StubAnswer> answer) => ReadAsync(r => Task.FromResult(answer(r)));

    private async Task<(ReadOutcome Outcome, string Read, StubServer Server)> ReadAsync(Func<StubRequest, Task<StubAnswer>> answer, DownloadPatience? patience = null, int start = 1000, int length = 200_000)
    {
        (S3ObjectStore store, StubServer server) = Connect(answer, patience);
        byte[] target = new byte[length];
        var source = new StoredObject("bkt", "k", Size, default, new Dictionary<string, string>(), ETag);
        ReadOutcome outcome = await store.ReadAsync(source, start, target, default);
        return (outcome, System.Text.Encoding.ASCII.GetString(target), server);
    }

    private (S3ObjectStore Store, StubServer Server) Connect(Func<StubRequest, Task<StubAnswer>> answer, DownloadPatience? patience = null)
    {
        var server = new StubServer(answer);
        var client = new AmazonS3Client(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), new AmazonS3Config { ServiceURL = server.Url, AuthenticationRegion = "us-east-1", ForcePathStyle = true, MaxErrorRetry = 0 });
        _open.AddRange([client, server]);
        return (new S3ObjectStore(client, server.Url, patience: patience, clock: _clock), server);
    }
}
