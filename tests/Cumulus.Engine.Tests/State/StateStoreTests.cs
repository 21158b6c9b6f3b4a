using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.State;

public sealed class StateStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Homes => ["folder", "bucket"];

    private IStateStore Open(string home) => home == "folder" ? new FolderStateStore(_folder["state"]) : new BucketStateStore(new FakeObjectStore(), "b");

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task A_write_happens_only_where_it_finds_what_it_expects(string home)
    {
        IStateStore state = Open(home);
        Assert.Null(await state.GetAsync("a/b", default));
        string? first = await state.PutIfAbsentAsync("a/b", "1"u8.ToArray(), default);
        Assert.NotNull(first);
        Assert.Null(await state.PutIfAbsentAsync("a/b", "2"u8.ToArray(), default));
        string? second = await state.PutIfMatchAsync("a/b", "3"u8.ToArray(), first, default);
        Assert.NotNull(second);
        Assert.Null(await state.PutIfMatchAsync("a/b", "4"u8.ToArray(), first, default));
        StateDocument? there = await state.GetAsync("a/b", default);
        Assert.Equal("3"u8.ToArray(), there!.Content);
        Assert.Equal(second, there.Version);
        await state.DeleteAsync("a/b", default);
        await state.DeleteAsync("a/b", default);
        Assert.Null(await state.PutIfMatchAsync("a/b", "5"u8.ToArray(), second, default));
        Assert.Null(await state.GetAsync("a/b", default));
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task A_look_brings_a_document_only_when_it_is_another(string home)
    {
        IStateStore state = Open(home);
        Assert.Equal(new StateLook(true, null), await state.LookAsync("a/b", "1", default));
        string? version = await state.PutIfAbsentAsync("a/b", "1"u8.ToArray(), default);
        Assert.Equal(new StateLook(false, null), await state.LookAsync("a/b", version!, default));
        string? second = await state.PutIfMatchAsync("a/b", "2"u8.ToArray(), version!, default);
        StateLook look = await state.LookAsync("a/b", version!, default);
        Assert.True(look.Changed);
        Assert.Equal(second, look.Document!.Version);
        Assert.Equal("2"u8.ToArray(), look.Document.Content);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task Names_are_listed_by_prefix_in_order(string home)
    {
        IStateStore state = Open(home);
        foreach (string name in (string[])["a/2", "b/1", "a/1", "ab"]) await state.PutIfAbsentAsync(name, default, default);
        var names = new List<string>();
        await foreach (string name in state.ListAsync("a/", default)) names.Add(name);
        Assert.Equal(["a/1", "a/2"], names);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task Of_many_writers_one_wins(string home)
    {
        IStateStore state = Open(home);
        string?[] versions = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => state.PutIfAbsentAsync("lock", new[] { (byte)i }, default))));
        Assert.Single(versions, v => v is not null);
        Assert.Equal(versions.Single(v => v is not null), (await state.GetAsync("lock", default))!.Version);
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData(".lock")]
    public async Task A_name_does_not_lead_out_of_the_home(string name)
    {
        foreach (string home in (string[])["folder", "bucket"])
        {
            var e = await Assert.ThrowsAsync<CumulusException>(() => Open(home).PutIfAbsentAsync(name, default, default));
            Assert.Equal(ErrorIds.NameInvalid, e.ErrorId);
        }
    }

    [Fact]
    public async Task State_in_a_bucket_lies_below_its_prefix()
    {
        var objects = new FakeObjectStore();
        await new BucketStateStore(objects, "b").PutIfAbsentAsync("a/b", "1"u8.ToArray(), default);
        Assert.True(objects.Holds(".cumulus/state/a/b"));
    }
}
