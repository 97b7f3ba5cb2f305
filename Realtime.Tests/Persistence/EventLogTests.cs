using Akka.Actor;
using Akka.TestKit.Xunit;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Persistence.Serialization;
using Realtime.Tests.Support;
using Fate = Realtime.Tests.Persistence.StageStore.Fate;

namespace Realtime.Tests.Persistence;

/// <summary>The log's actor and its parent's side against a journal that fails in every way a store can.</summary>
public sealed class EventLogTests : TestKit
{
    private static readonly string Hocon = $$"""
        {{SerializationConfig.Hocon}}
        akka.loglevel = WARNING
        akka.persistence.journal.plugin = "stage"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        stage {
          class = "{{typeof(StageJournal).FullName}}, {{typeof(StageJournal).Assembly.GetName().Name}}"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          replay-filter.mode = off
          recovery-event-timeout = 30s
          circuit-breaker { max-failures = 1000, call-timeout = 30s, reset-timeout = 1s }
        }
        """;

    private readonly StageStore _store;
    private readonly Lease _lease = new();
    private readonly Identity _identity = new();
    private IActorRef _parent = ActorRefs.Nobody;
    private long _offset;

    public EventLogTests()
        : base(Hocon) => _store = StageStore.Of(Sys);

    [Fact]
    public async Task Appends_are_answered_in_order_and_come_back_after_a_restart()
    {
        (await StartAsync()).SequenceNr.ShouldBe(0);
        var epoch = (await AppendedAsync(3)).Epoch;
        _parent.Tell(PoisonPill.Instance);

        var (recovered, replayed) = await RestartedAsync();

        recovered.ShouldSatisfyAllConditions(
            log => log.Head.ShouldBe(3), log => log.Tail.ShouldBe(1), log => log.Epoch.ShouldBe(epoch));
        Offsets(replayed).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_failed_write_makes_the_log_unavailable_then_it_recovers_and_says_not_written_behind_a_fence()
    {
        await StartAsync();
        await AppendedAsync(1);
        _store.Next(Fate.Fail);

        Append();
        await NewsAsync<LogNews.Unavailable>();
        var recovered = await NewsAsync<LogNews.Recovered>();

        recovered.ShouldSatisfyAllConditions(log => log.CommittedThrough.ShouldBe(1), log => log.Head.ShouldBe(1));
        _store.Events[^1].Body.ShouldBeOfType<JournalEvent.Opened>();
        _offset = 1;
        Append();
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(3);
        _store.Numbers.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_rejected_write_ends_the_actor_so_that_its_number_is_not_skipped()
    {
        await StartAsync();
        await AppendedAsync(1);
        _store.Next(Fate.Reject);

        Append();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).CommittedThrough.ShouldBe(1);
        _store.Numbers.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_write_whose_answer_was_lost_is_found_by_its_name()
    {
        await StartAsync();
        _store.Next(Fate.LoseAnswer);

        Append();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(1), log => log.Head.ShouldBe(1), log => log.SequenceNr.ShouldBe(1));
    }

    [Fact]
    public async Task A_write_that_timed_out_and_arrives_after_it_was_looked_for_is_called_committed()
    {
        await StartAsync();
        _store.Next(Fate.ArriveLate, Fate.Hold);

        Append();
        await NewsAsync<LogNews.Unavailable>();
        await _store.Holding.Within("the fence to be under way");
        _store.Arrive();
        _store.Release();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(1), log => log.Head.ShouldBe(1));
    }

    [Fact]
    public async Task A_write_that_timed_out_and_arrives_after_the_fence_has_lost_its_number()
    {
        await StartAsync();
        _store.Next(Fate.ArriveLate);

        Append();
        await NewsAsync<LogNews.Unavailable>();
        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(0), log => log.Head.ShouldBe(0), log => log.SequenceNr.ShouldBe(1));

        _store.Arrive();
        _store.Events.ShouldHaveSingleItem().Body.ShouldBeOfType<JournalEvent.Opened>();
    }

    [Fact]
    public async Task An_owner_that_finds_another_nodes_fence_behind_its_own_events_is_fenced_and_starts_no_more()
    {
        await StartAsync();
        var epoch = (await AppendedAsync(1)).Epoch;
        _store.Put(2, new LoggedEvent(new EventOrigin(new Incarnation(2), 1, 99, 1, 0), epoch, new JournalEvent.Opened()));

        Append();
        await NewsAsync<LogNews.Unavailable>();
        await NewsAsync<LogNews.Fenced>();

        Tell(log => log.IsUsable.ShouldBeFalse());
        await QuietAsync();
        _store.Numbers.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_log_of_another_node_is_used_only_behind_a_fence()
    {
        _store.Put(1, new LoggedEvent(
            new EventOrigin(new Incarnation(2), 1, 99, 1, 1), new Epoch(5), new JournalEvent.ChannelAppended([new LoggedMessage(Message(1))])));
        _store.Next(Fate.Hold);
        StartParent();

        await _store.Holding.Within("the fence to be under way");
        Tell(log => log.IsUsable.ShouldBeFalse());
        _store.Release();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.Epoch.ShouldBe(new Epoch(5)), log => log.Head.ShouldBe(1), log => log.SequenceNr.ShouldBe(2));
    }

    [Fact]
    public async Task A_recovery_that_fails_is_tried_again_until_it_succeeds()
    {
        _store.FailRecoveries(3);
        StartParent();

        for (var i = 0; i < 3; i++)
        {
            await NewsAsync<LogNews.Unavailable>();
        }

        (await NewsAsync<LogNews.Recovered>()).SequenceNr.ShouldBe(0);
    }

    [Fact]
    public async Task An_actor_that_throws_stops_under_any_supervision_and_the_log_can_be_used_again()
    {
        await StartAsync();
        await AppendedAsync(2);

        _offset = 7;
        Append();
        await NewsAsync<LogNews.Unavailable>();

        (await NewsAsync<LogNews.Recovered>()).ShouldSatisfyAllConditions(
            log => log.CommittedThrough.ShouldBe(2), log => log.Head.ShouldBe(2));
    }

    [Fact]
    public async Task Without_the_lease_a_committed_append_is_not_answered_until_the_lease_is_back()
    {
        await StartAsync();
        _store.Next(Fate.Hold);
        Append();
        await _store.Holding.Within("the append to be under way");
        _lease.IsHeld = false;
        _store.Release();

        await NewsAsync<LogNews.Unavailable>();
        await NewsAsync<LogNews.Unavailable>();
        _lease.IsHeld = true;

        (await FirstAsync<LogNews.Recovered>(except: typeof(LogNews.Committed))).CommittedThrough.ShouldBe(1);
    }

    [Fact]
    public async Task Closing_answers_everything_first_and_the_log_starts_again_when_asked()
    {
        await StartAsync();
        _store.Next(Fate.Hold);
        Append();
        Append();
        await _store.Holding.Within("the append to be under way");
        Tell(log => log.Close().ShouldBeFalse());
        _store.Release();

        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(1);
        (await NewsAsync<LogNews.Committed>()).Through.ShouldBe(2);
        await NewsAsync<LogNews.Closed>();
        Tell(log => log.Start());
        (await NewsAsync<LogNews.Recovered>()).Head.ShouldBe(2);
    }

    [Fact]
    public async Task A_log_recovers_from_its_snapshot_when_the_rows_before_it_are_gone()
    {
        await StartAsync();
        for (var i = 1; i <= 25; i++)
        {
            Append(tail: Math.Max(1, i - 4));
            await NewsAsync<LogNews.Committed>();
        }

        await AwaitAssertAsync(() => _store.Numbers[0].ShouldBeGreaterThan(10));
        _parent.Tell(PoisonPill.Instance);
        var (recovered, _) = await RestartedAsync();

        recovered.ShouldSatisfyAllConditions(log => log.Head.ShouldBe(25), log => log.Tail.ShouldBe(21));
        (await PageAsync(21, 10)).Messages.Select(message => message.Offset).ShouldBe([21, 22, 23, 24, 25]);
    }

    [Fact]
    public async Task Pages_begin_anywhere_and_end_at_their_bounds_or_the_head()
    {
        await StartAsync();
        await AppendedAsync(40);

        (await PageAsync(1, 5)).Messages.Select(message => message.Offset).ShouldBe([1, 2, 3, 4, 5]);
        (await PageAsync(17, 20)).Messages.Select(message => message.Offset).ShouldBe(Enumerable.Range(17, 20).Select(offset => (long)offset));
        (await PageAsync(38, 100)).ShouldSatisfyAllConditions(
            page => page.Messages.Select(message => message.Offset).ShouldBe([38, 39, 40]), page => page.Hole.ShouldBeNull());
        (await PageAsync(41, 100)).ShouldSatisfyAllConditions(page => page.Messages.ShouldBeEmpty(), page => page.Hole.ShouldBeNull());
        (await PageAsync(3, 100, bytes: 150)).Messages.Select(message => message.Offset).ShouldBe([3, 4]);
    }

    [Fact]
    public async Task The_last_offset_before_an_instant_is_found()
    {
        await StartAsync();
        await AppendedAsync(40);

        Tell(log => log.Find(new LogRequest.FindTime(7, 1_017)));
        (await NewsAsync<LogNews.TimeFound>()).ShouldBe(new LogNews.TimeFound(7, 16));
        Tell(log => log.Find(new LogRequest.FindTime(8, 9_000)));
        (await NewsAsync<LogNews.TimeFound>()).Before.ShouldBe(40);
        Tell(log => log.Find(new LogRequest.FindTime(9, 0)));
        (await NewsAsync<LogNews.TimeFound>()).Before.ShouldBe(0);
    }

    [Fact]
    public async Task A_torn_row_is_a_hole_of_exactly_its_extent_and_the_rest_can_be_read()
    {
        await StartAsync();
        var epoch = (await AppendedAsync(8)).Epoch;
        _parent.Tell(PoisonPill.Instance);
        _store.Put(7, EventCodec.Write(_store.Events[6])[..^9]);

        var (recovered, replayed) = await RestartedAsync();

        recovered.ShouldSatisfyAllConditions(log => log.Head.ShouldBe(8), log => log.Epoch.ShouldBe(epoch));
        Offsets(replayed).ShouldBe([6, 8], "a snapshot covers the first five");
        replayed[1].Body.ShouldBeOfType<JournalEvent.Corrupt>().ShouldSatisfyAllConditions(
            corrupt => corrupt.FirstOffset.ShouldBe(7), corrupt => corrupt.Count.ShouldBe(1));
        var before = await PageAsync(5, 10);
        before.Messages.Select(message => message.Offset).ShouldBe([5, 6]);
        before.Hole.ShouldBe((7, 7));
        (await PageAsync(8, 10)).Messages.Select(message => message.Offset).ShouldBe([8]);
    }

    [Fact]
    public async Task A_read_that_fails_says_so()
    {
        await StartAsync();
        await AppendedAsync(1);
        _store.FailRecoveries(1);

        Tell(log => log.Read(new LogRequest.Read(3, 1, 10, 1_000)));

        (await NewsAsync<LogNews.ReadFailed>()).Tag.ShouldBe(3);
    }

    private EventLogSettings Settings() => new(LogKind.Channel, new Incarnation(1), _identity, _lease)
    {
        Limits = new LogLimits { EventMessages = 3, SnapshotEvents = 5, IndexEvents = 4, DeleteRows = 2 },
        Backoff = new LogBackoff(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(10)),
    };

    private void StartParent() => _parent = Sys.ActorOf(Props.Create(() => new LogParent(TestActor, "c-log", Settings())));

    private async Task<LogNews.Recovered> StartAsync()
    {
        StartParent();
        return await NewsAsync<LogNews.Recovered>();
    }

    private async Task<(LogNews.Recovered Recovered, IReadOnlyList<LoggedEvent> Replayed)> RestartedAsync()
    {
        Watch(_parent);
        await FirstAsync<Terminated>();
        StartParent();
        var replayed = new List<LoggedEvent>();
        while (true)
        {
            switch (await NextAsync("a recovery"))
            {
                case LogNews.Replayed page:
                    replayed.AddRange(page.Events);
                    break;
                case LogNews.Recovered recovered:
                    return (recovered, replayed);
            }
        }
    }

    private void Tell(Action<EventLogChild> command) => _parent.Tell(new LogParent.Command(command));

    private void Append(long? tail = null)
    {
        var message = Message(++_offset);
        Tell(log => log.Append(new JournalEvent.ChannelAppended([new LoggedMessage(message)], tail)));
    }

    private static LogMessage Message(long offset) => new(offset, new Payload(new byte[] { 1 }), 1_000 + offset);

    private async Task<LoggedEvent> AppendedAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Append();
            await NewsAsync<LogNews.Committed>();
        }

        return _store.Events[^1];
    }

    private async Task<LogNews.PageRead> PageAsync(long from, int messages, long bytes = 100_000)
    {
        Tell(log => log.Read(new LogRequest.Read(from, from, messages, bytes)));
        var page = await NewsAsync<LogNews.PageRead>();
        page.Tag.ShouldBe(from);
        return page;
    }

    private static IEnumerable<long> Offsets(IEnumerable<LoggedEvent> events) =>
        events.Select(logged => logged.Body).OfType<JournalEvent.ChannelAppended>().SelectMany(body => body.Messages).Select(message => message.Message.Offset);

    private Task<T> NewsAsync<T>()
        where T : LogNews => FirstAsync<T>();

    /// <summary>The next message of a type; what comes before it must not be of another.</summary>
    private async Task<T> FirstAsync<T>(Type? except = null)
    {
        while (true)
        {
            var message = await NextAsync(typeof(T).Name);
            message.GetType().ShouldNotBe(except);
            if (message is T wanted)
            {
                return wanted;
            }
        }
    }

    private async Task<object> NextAsync(string what) =>
        await ReceiveOneAsync(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException($"Waited 30 s in vain for {what}.");

    /// <summary>Everything the parent had to do is done: the command it gets now is the last.</summary>
    private async Task QuietAsync()
    {
        var done = new TaskCompletionSource();
        Tell(_ => done.SetResult());
        await done.Task.Within("the parent's answer");
    }

    private sealed class Lease : IWriterLease
    {
        private volatile bool _isHeld = true;

        public bool IsHeld
        {
            get => _isHeld;
            set => _isHeld = value;
        }
    }

    private sealed class Identity : IStoreIdentity
    {
        public ulong Current => 1;
    }
}
