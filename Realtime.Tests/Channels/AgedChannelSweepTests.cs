using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence;
using Realtime.Node.Telemetry;
using Realtime.Tests.Persistence;

namespace Realtime.Tests.Channels;

/// <summary>The cluster's search for channels with messages past their age, over a store and channels that a test plays.</summary>
[Collection(ActorSystems.Name)]
public sealed class AgedChannelSweepTests : SweepStage
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(1);

    private readonly AgeSweepPolicy _policy = new() { PageSize = 2 };
    private readonly PagedStore _store = new();

    public AgedChannelSweepTests()
    {
        var namespaces = new NamespaceTable(
        [
            new NamespacePolicy("log") { History = new HistoryLimits { Age = Age } },
            new NamespacePolicy("kept") { History = new HistoryLimits { Age = null } },
            new NamespacePolicy("board") { Durability = Durability.Memory, History = new HistoryLimits { Age = Age } },
        ]);
        Sweep = Sys.ActorOf(AgedChannelSweep.Props(Entities.Ref, namespaces, _store, _policy, Logging));
    }

    private protected override IActorRef Sweep { get; }

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
        AwaitTick(_policy.PagePause, () => Entities.HasMessages);

        Asked().Channel.Value.ShouldBe("log:old");
        Settle();
        Entities.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_channel_that_does_not_answer_is_left_to_the_next_round()
    {
        _store.Keep(Old, "log:a");
        Tick(_policy.Pause);
        Asked();
        AwaitTick(_policy.AnswerWithin, () => Lines(LogEvents.SweepUnanswered).Count > 0);
        Lines(LogEvents.SweepUnanswered)[0].Values["Count"].ShouldBe(1);

        AwaitTick(_policy.Pause, () => Entities.HasMessages);
        Asked().Channel.Value.ShouldBe("log:a");
    }

    [Fact]
    public void A_store_that_does_not_answer_is_asked_again()
    {
        _store.Failing = true;
        _store.Keep(Old, "log:a");
        Tick(_policy.Pause);
        AwaitAssert(() => Lines(LogEvents.SweepFails).ShouldHaveSingleItem().Exception.ShouldBeOfType<TimeoutException>(), Deadline);
        _store.Failing = false;

        AwaitTick(_policy.Pause, () => Entities.HasMessages);
        Asked().Channel.Value.ShouldBe("log:a");
    }

    private ChannelRequest.Inspect Asked() => Entities.ExpectMsg<ChannelRequest.Inspect>(Deadline);

    private void Answer(ChannelRequest.Inspect request) => Sweep.Tell(new ChannelReply.Retry(request.Tag), Entities.Ref);

    private sealed class PagedStore : IKeptLogs
    {
        private readonly List<KeptLog> _logs = [];
        private int _reads;

        public volatile bool Failing;

        public int Reads => Volatile.Read(ref _reads);

        public void Keep(DateTimeOffset oldest, params IEnumerable<string> channels) =>
            _logs.AddRange(channels.Select(channel => new KeptLog(ChannelName.Parse(channel), oldest)));

        public Task<SweepPage<KeptLog, KeptLogCursor>> ReadAsync(KeptLogCursor after, int most, CancellationToken cancellation = default)
        {
            Interlocked.Increment(ref _reads);
            if (Failing)
            {
                return Task.FromException<SweepPage<KeptLog, KeptLogCursor>>(new TimeoutException("the store does not answer"));
            }

            var begun = _logs.FindIndex(log => log.Channel.Value == after.PersistenceId) + 1;
            var page = _logs.Skip(begun).Take(most).ToList();
            return Task.FromResult(new SweepPage<KeptLog, KeptLogCursor>(page, begun + page.Count < _logs.Count ? new KeptLogCursor(page[^1].Channel.Value) : null));
        }
    }
}
