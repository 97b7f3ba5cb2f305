using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;

namespace Realtime.Tests.Channels;

/// <summary>The cluster's search for channels with messages past their age, over a store and channels that a test plays.</summary>
[Collection(ActorSystems.Name)]
public sealed class AgedChannelSweepTests : TestKit
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Age = TimeSpan.FromDays(1);

    private readonly AgeSweepPolicy _policy = new() { PageLogs = 2 };
    private readonly PagedStore _store = new();
    private readonly TestProbe _channels;
    private readonly IActorRef _sweep;

    public AgedChannelSweepTests()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        var namespaces = new NamespaceTable(
        [
            new NamespacePolicy("log") { History = new HistoryLimits { Age = Age } },
            new NamespacePolicy("kept") { History = new HistoryLimits { Age = null } },
            new NamespacePolicy("board") { Durability = Durability.Memory, History = new HistoryLimits { Age = Age } },
        ]);
        _channels = CreateTestProbe();
        _sweep = Sys.ActorOf(AgedChannelSweep.Props(_channels.Ref, namespaces, _store, _policy));
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private DateTimeOffset Old => Clock.Now - Age - TimeSpan.FromSeconds(1);

    [Fact]
    public void Candidates_are_woken_page_by_page_and_the_next_page_waits_for_the_answers()
    {
        _store.Keep(Old, "log:a", "log:b", "log:c");
        Tick(_policy.Pause);
        var (first, second) = (Asked(), Asked());
        Answer(first);
        Tick(_policy.PagePause);
        Settle();
        _store.Reads.ShouldBe(1, "one has not answered");

        Answer(second);
        AwaitTick(_policy.PagePause, () => _store.Reads == 2);
        var third = Asked();
        Answer(third);

        new[] { first, second, third }.Select(request => (request.Channel.Value, request.Brief))
            .ShouldBe([("log:a", true), ("log:b", true), ("log:c", true)]);
        AwaitTick(_policy.Pause, () => _store.Reads == 3);
        Asked().Channel.Value.ShouldBe("log:a", "the next round begins at the first log");
    }

    [Fact]
    public void What_has_no_age_or_is_younger_or_not_configured_is_left_alone()
    {
        _store.Keep(Old, "kept:a", "board:a", "removed:a");
        _store.Keep(Clock.Now, "log:young");
        _store.Keep(Old, "log:old");
        Tick(_policy.Pause);
        AwaitTick(_policy.PagePause, () => _channels.HasMessages);

        Asked().Channel.Value.ShouldBe("log:old");
        Settle();
        _channels.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_channel_that_does_not_answer_is_left_to_the_next_round()
    {
        _store.Keep(Old, "log:a");
        Tick(_policy.Pause);
        Asked();
        AwaitTick(_policy.AnswerWithin, () => _channels.HasMessages);
        Asked().Channel.Value.ShouldBe("log:a");
    }

    [Fact]
    public void A_store_that_does_not_answer_is_asked_again()
    {
        _store.Failing = true;
        _store.Keep(Old, "log:a");
        Tick(_policy.Pause);
        AwaitAssert(() => _store.Reads.ShouldBe(1), Deadline);
        _store.Failing = false;

        AwaitTick(_policy.Pause, () => _channels.HasMessages);
        Asked().Channel.Value.ShouldBe("log:a");
    }

    private ChannelRequest.Inspect Asked() => _channels.ExpectMsg<ChannelRequest.Inspect>(Deadline);

    private void Answer(ChannelRequest.Inspect request) => _sweep.Tell(new ChannelReply.Retry(request.Tag), _channels.Ref);

    /// <summary>The actor has taken what it was sent.</summary>
    private void Settle()
    {
        var probe = CreateTestProbe();
        _sweep.Tell(new Identify(1), probe.Ref);
        probe.ExpectMsg<ActorIdentity>(Deadline);
    }

    /// <summary>Once the actor has set the timer.</summary>
    private void Tick(TimeSpan time)
    {
        Settle();
        Clock.Advance(time);
    }

    private void AwaitTick(TimeSpan time, Func<bool> until) => AwaitAssert(
        () =>
        {
            Tick(time);
            until().ShouldBeTrue();
        },
        Deadline);

    private sealed class PagedStore : IKeptLogs
    {
        private readonly List<KeptLog> _logs = [];
        private int _reads;

        public volatile bool Failing;

        public int Reads => Volatile.Read(ref _reads);

        public void Keep(DateTimeOffset oldest, params IEnumerable<string> channels) =>
            _logs.AddRange(channels.Select(channel => new KeptLog(ChannelName.Parse(channel), oldest)));

        public Task<KeptLogPage> ReadAsync(KeptLogCursor after, int most, CancellationToken cancellation = default)
        {
            Interlocked.Increment(ref _reads);
            if (Failing)
            {
                return Task.FromException<KeptLogPage>(new TimeoutException("the store does not answer"));
            }

            var begun = _logs.FindIndex(log => log.Channel.Value == after.PersistenceId) + 1;
            var page = _logs.Skip(begun).Take(most).ToList();
            return Task.FromResult(new KeptLogPage(page, begun + page.Count < _logs.Count ? new KeptLogCursor(page[^1].Channel.Value) : null));
        }
    }
}
