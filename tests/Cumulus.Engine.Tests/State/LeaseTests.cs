using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.State;

public sealed class LeaseTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Homes => ["folder", "bucket"];

    private IStateStore Open(string home) => home == "folder" ? new FolderStateStore(_folder["state"]) : new BucketStateStore(new FakeObjectStore(), "b");

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task One_has_it_and_another_gets_it_afterwards_with_a_greater_number(string home)
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open(home);
        var (first, second) = (new LeaseStore(state, clock), new LeaseStore(state, clock));
        Lease? mine = await first.TryTakeAsync("deploy", "anna", Minute, null, default);
        Assert.Equal(1, mine!.Fence);
        Assert.Null(await second.TryTakeAsync("deploy", "ben", Minute, null, default));
        Assert.Equal("anna", (await second.FindAsync("deploy", default))!.Holder);
        await mine.DisposeAsync();
        Assert.Null(await second.FindAsync("deploy", default));
        await using Lease? his = await second.TryTakeAsync("deploy", "ben", Minute, null, default);
        Assert.Equal(2, his!.Fence);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task Of_many_that_try_at_once_one_has_it(string home)
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open(home);
        Lease?[] leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => new LeaseStore(state, clock).TryTakeAsync("one", $"host {i}", Minute, null, default))));
        await using Lease? won = Assert.Single(leases, l => l is not null);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task A_dead_holders_lease_runs_out(string home)
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open(home);
        await using Lease dead = await TakenByDeadAsync(state, clock, "one");
        var others = new LeaseStore(state, clock);
        Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
        clock.Advance(Minute - Second);
        Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
        clock.Advance(Second);
        await using Lease? his = await others.TryTakeAsync("one", "ben", Minute, null, default);
        Assert.Equal(2, his!.Fence);
        Assert.True(dead.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_living_holder_keeps_it_for_as_long_as_it_lives()
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open("bucket");
        await using Lease? mine = await new LeaseStore(state, clock).TryTakeAsync("one", "anna", Minute, null, default);
        var others = new LeaseStore(state, clock);
        Assert.Equal(clock.GetUtcNow() + Minute, (await others.FindAsync("one", default))!.Expires);
        for (int i = 0; i < 60; i++)
        {
            Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
            clock.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.False(mine!.Lost.IsCancellationRequested);
        Assert.True((await others.FindAsync("one", default))!.Renewals >= 40);
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task A_clock_that_is_set_gives_nobody_a_lease_that_is_held(int days)
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open("bucket");
        var others = new LeaseStore(state, clock);
        await using Lease? mine = await new LeaseStore(state, clock).TryTakeAsync("one", "anna", Minute, null, default);
        Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
        clock.Jump(TimeSpan.FromDays(days));
        Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
        clock.Advance(Minute);
        Assert.False(mine!.Lost.IsCancellationRequested);
        Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task A_clock_that_is_set_keeps_no_dead_holders_lease_alive(int days)
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open("bucket");
        await using Lease dead = await TakenByDeadAsync(state, clock, "one");
        var others = new LeaseStore(state, clock);
        Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
        clock.Jump(TimeSpan.FromDays(days));
        Assert.Null(await others.TryTakeAsync("one", "ben", Minute, null, default));
        clock.Advance(Minute);
        await using Lease? his = await others.TryTakeAsync("one", "ben", Minute, null, default);
        Assert.NotNull(his);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task Breaking_says_whose_it_was_and_the_holder_learns_of_it(string home)
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open(home);
        var (store, others, warnings) = (new LeaseStore(state, clock), new LeaseStore(state, clock), new List<string>());
        await using Lease? mine = await store.TryTakeAsync("one", "anna", Minute, warnings.Add, default);
        Assert.Equal("anna", (await others.BreakAsync("one", default))!.Holder);
        Assert.Null(await others.BreakAsync("one", default));
        await using Lease? his = await others.TryTakeAsync("one", "ben", TimeSpan.FromHours(1), null, default);
        Assert.Equal(2, his!.Fence);
        var lost = new TaskCompletionSource();
        mine!.Lost.Register(lost.SetResult);
        clock.Advance(TimeSpan.FromSeconds(30));
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains(warnings, w => w.Contains("taken by somebody else", StringComparison.Ordinal));
        Assert.Equal("ben", (await others.FindAsync("one", default))!.Holder);
    }

    [Fact]
    public async Task A_holder_that_lost_it_does_not_give_back_what_is_anothers()
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open("bucket");
        Lease? mine = await new LeaseStore(state, clock).TryTakeAsync("one", "anna", Minute, null, default);
        var others = new LeaseStore(state, clock);
        await others.BreakAsync("one", default);
        await using Lease? his = await others.TryTakeAsync("one", "ben", Minute, null, default);
        await mine!.DisposeAsync();
        Assert.Equal("ben", (await others.FindAsync("one", default))!.Holder);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_tried_again_until_the_time_is_over()
    {
        ManualClock clock = ManualClock.Start();
        var state = new Severable(Open("bucket"));
        var warnings = new List<string>();
        await using Lease? mine = await new LeaseStore(state, clock).TryTakeAsync("one", "anna", Minute, warnings.Add, default);
        state.IsCut = true;
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(2, warnings.Count);
        state.IsCut = false;
        clock.Advance(TimeSpan.FromSeconds(45));
        Assert.False(mine!.Lost.IsCancellationRequested);
        state.IsCut = true;
        clock.Advance(Minute);
        Assert.True(mine.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_counts()
    {
        ManualClock clock = ManualClock.Start();
        var state = new Severable(Open("bucket")) { LosesAnswers = true };
        await using Lease? mine = await new LeaseStore(state, clock).TryTakeAsync("one", "anna", Minute, null, default);
        Assert.Equal(1, mine!.Fence);
        clock.Advance(Minute * 10);
        Assert.False(mine.Lost.IsCancellationRequested);
    }

    [Theory]
    [InlineData("{", "damaged")]
    [InlineData("null", "empty")]
    [InlineData("""{"schema":2,"fence":1}""", "newer version")]
    public async Task A_document_that_is_no_lease_is_an_error_not_a_free_lease(string content, string why)
    {
        IStateStore state = Open("bucket");
        await state.PutIfAbsentAsync("leases/one", System.Text.Encoding.UTF8.GetBytes(content), default);
        var e = await Assert.ThrowsAsync<CumulusException>(() => new LeaseStore(state, TimeProvider.System).TryTakeAsync("one", "anna", Minute, null, default));
        Assert.Equal(ErrorIds.StateInvalid, e.ErrorId);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Homes))]
    public async Task As_many_as_there_are_slots_go_at_once(string home)
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open(home);
        LeaseSlots Slots() => new(new LeaseStore(state, clock), "installs/stage", 2, clock, new Random(1));
        await using Lease one = await Slots().TakeAsync("host 1", Minute, TimeSpan.Zero, null, null, default);
        Lease two = await Slots().TakeAsync("host 2", Minute, TimeSpan.Zero, null, null, default);
        var e = await Assert.ThrowsAsync<CumulusException>(() => Slots().TakeAsync("host 3", Minute, TimeSpan.Zero, null, null, default));
        Assert.Equal(ErrorIds.LeaseUnavailable, e.ErrorId);
        Assert.Contains("host 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("host 2", e.Message, StringComparison.Ordinal);
        await two.DisposeAsync();
        await using Lease three = await Slots().TakeAsync("host 3", Minute, TimeSpan.Zero, null, null, default);
    }

    [Fact]
    public async Task Who_waits_for_a_slot_gets_that_of_a_dead_host()
    {
        ManualClock clock = ManualClock.Start();
        IStateStore state = Open("bucket");
        await using Lease dead = await TakenByDeadAsync(state, clock, "installs/stage/1");
        string? told = null;
        Task<Lease> waiting = new LeaseSlots(new LeaseStore(state, clock), "installs/stage", 1, clock, new Random(1))
            .TakeAsync("host 2", Minute, TimeSpan.FromHours(1), who => told = who, null, default);
        Assert.Equal("anna", told);
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(20));
        await using Lease lease = await waiting;
        Assert.Equal(2, lease.Fence);
    }

    /// <summary>A lease whose holder never reaches the home again.</summary>
    private static async Task<Lease> TakenByDeadAsync(IStateStore state, ManualClock clock, string name)
    {
        var cut = new Severable(state);
        Lease? lease = await new LeaseStore(cut, clock).TryTakeAsync(name, "anna", Minute, null, default);
        cut.IsCut = true;
        return lease!;
    }

    /// <summary>A home that can be out of reach, or whose answers to writes get lost: then the repeated request finds its own write and is refused.</summary>
    private sealed class Severable(IStateStore inner) : IStateStore
    {
        public bool IsCut { get; set; }

        public bool LosesAnswers { get; init; }

        public Task<StateDocument?> GetAsync(string name, CancellationToken cancellationToken) => Reach().GetAsync(name, cancellationToken);

        public Task<StateLook> LookAsync(string name, string known, CancellationToken cancellationToken) => Reach().LookAsync(name, known, cancellationToken);

        public async Task<string?> PutIfAbsentAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            string? version = await Reach().PutIfAbsentAsync(name, content, cancellationToken);
            return LosesAnswers ? null : version;
        }

        public async Task<string?> PutIfMatchAsync(string name, ReadOnlyMemory<byte> content, string version, CancellationToken cancellationToken)
        {
            string? written = await Reach().PutIfMatchAsync(name, content, version, cancellationToken);
            return LosesAnswers ? null : written;
        }

        public Task DeleteAsync(string name, CancellationToken cancellationToken) => Reach().DeleteAsync(name, cancellationToken);

        public IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken) => Reach().ListAsync(prefix, cancellationToken);

        private IStateStore Reach() =>
            IsCut ? throw new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "out of reach") : inner;
    }
}
