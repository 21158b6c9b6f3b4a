using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>A fault at each single call of a deployment: it completes, or ends with an error and a state that the next call goes on from.</summary>
public sealed class FaultEverywhereTests : IDisposable
{
    private const string Archive = "stage/1.0/bundle-stage-1.0-shop.zip";

    // More calls than a deployment of this size makes.
    private const int TooMany = 200;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Faults => new() { "throttled", "server error", "reset before", "reset after", "expired from then on", "unreachable from then on" };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whichever_call_fails_the_work_is_done_by_this_run_or_the_next(string fault)
    {
        int failed = 0;
        for (int at = 1; ; at++)
        {
            Assert.True(at < TooMany, "The deployment makes more and more calls.");
            var world = new World(_folder);
            CumulusException? error = await world.RunAsync(at, fault);
            if (!world.Fired) break;
            if (error is null)
            {
                world.AssertDone($"{fault} at call {at} ({world.LastCall}), without an error");
                continue;
            }

            failed++;
            Assert.NotEqual(ErrorIds.UnexpectedError, error.ErrorId);
            Assert.Null(await world.RunAsync(null, fault));
            world.AssertDone($"{fault} at call {at} ({world.LastCall}), then again");
        }

        // A lost answer is found out about; the rest ends at some call with an error.
        Assert.Equal(fault == "reset after", failed == 0);
    }

    [Fact]
    public async Task A_run_that_is_killed_at_any_call_is_picked_up_by_the_next_with_the_same_change_sets()
    {
        for (int at = 1; ; at++)
        {
            Assert.True(at < TooMany);
            var world = new World(_folder);
            bool ended = await world.RunUntilKilledAsync(at);
            if (ended) break;
            HashSet<string> before = [.. world.Stacks.ChangeSets.Where(s => !s.Executed).Select(s => s.Id)];
            Assert.Null(await world.RunAsync(null, ""));
            world.AssertDone($"killed at call {at} ({world.LastCall})");
            Assert.All(before, id => Assert.Contains(world.Stacks.ChangeSets, s => s.Id == id && s.Executed));
        }
    }

    /// <summary>Two stacks, one to update and one to create with an output of the other; a bucket with a bundle.</summary>
    private sealed class World
    {
        private readonly CumulusConfiguration _configuration;
        private readonly FakeObjectStore _objects = new();
        private readonly AutoClock _clock = new();
        private readonly Recorder _recorder = new();
        private int _runs;

        public World(TempFolder folder)
        {
            _configuration = Sample.Configuration(folder, "network", "web").With(e => e with { Bundles = ["shop"] }).WithStack("web", s => s with
            {
                LinkedParameters = [KeyValuePair.Create("Topic", new LinkedValue([new LinkedPart(null, new OutputReference("network", "Name"))]))],
            });
            Stacks.Declared = [new("Topic", "", false, null)];
            Stacks.Creates["stage-web"] = [new Step("CREATE_IN_PROGRESS"), new Step("CREATE_COMPLETE")];
            Stacks.Updates["stage-network"] = [new Step("UPDATE_IN_PROGRESS"), new Step("UPDATE_COMPLETE")];
            Stacks.Add("stage-network", "CREATE_COMPLETE", body: "old").Outputs.Add(Sample.Pair("Name", "t-1"));
            _objects[Archive] = [];
        }

        public FakeStackService Stacks { get; } = new();

        public bool Fired { get; private set; }

        public string LastCall { get; private set; } = "";

        public async Task<CumulusException?> RunAsync(int? at, string fault)
        {
            int calls = 0;
            bool goesOn = fault.EndsWith("from then on", StringComparison.Ordinal);
            void Count(string call)
            {
                calls++;
                if (at is null || (goesOn ? calls < at : calls != at)) return;
                if (!Fired) LastCall = call;
                Fired = true;
                if (fault != "reset after") throw Exception(fault);
            }

            Stacks.Before = Count;
            _objects.BeforeCall = (operation, key) => Count($"{operation} {key}");
            Stacks.AfterCall = call =>
            {
                if (fault == "reset after" && calls == at) throw Exception(fault);
            };
            try
            {
                await Deployer().DeployAsync(Request(), _recorder, default);
                return null;
            }
            catch (CumulusException e)
            {
                return e;
            }
        }

        public async Task<bool> RunUntilKilledAsync(int at)
        {
            int calls = 0;
            using var kill = new CancellationTokenSource();
            void Count(string call)
            {
                if (++calls < at) return;
                LastCall = call;

                // Nothing that comes after it is done either, as when the process is gone.
                kill.Cancel();
                throw new OperationCanceledException(kill.Token);
            }

            Stacks.Before = Count;
            _objects.BeforeCall = (operation, key) => Count($"{operation} {key}");
            try
            {
                await Deployer().DeployAsync(Request(), _recorder, kill.Token);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        public void AssertDone(string when)
        {
            Assert.True(Stacks["stage-network"].Status == "UPDATE_COMPLETE", $"network is {Stacks["stage-network"].Status}: {when}");
            Assert.True(Stacks["stage-web"].Status == "CREATE_COMPLETE", $"web is {Stacks["stage-web"].Status}: {when}");
            Assert.True(Stacks.Writes.Count(w => w == "Create stage-web") <= 2, $"More creates than tries: {when}");
            Assert.True(Stacks["stage-web"].Parameters.Contains(Sample.Pair("Topic", "t-1")), $"web has not its input: {when}");
        }

        private EnvironmentRequest Request() => _configuration.Request() with { OperationId = $"op{++_runs}" };

        private EnvironmentDeployer Deployer() => new(Stacks, new FakeHostFleet(), _objects, new HookRunner(), "eu-west-1", _clock);

        private static CumulusException Exception(string fault) => fault switch
        {
            "throttled" => Sample.Throttled(),
            "server error" => new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.Unavailable, "Service Unavailable (HTTP 503)"),
            "expired from then on" => new CumulusException(ErrorIds.CredentialsRejected, FailureKind.AccessDenied, "The AWS credentials have expired"),
            _ => new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "connection reset"),
        };
    }
}
