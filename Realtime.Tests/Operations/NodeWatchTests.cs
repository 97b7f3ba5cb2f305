using Realtime.Messages.Ids;
using Realtime.Node.Cluster;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Records;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>What becomes an event of a node's life, by a clock that a test drives.</summary>
public sealed class NodeWatchTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly SqliteEventStore _store = new(new SqliteEventStoreOptions(Path: null));
    private readonly EventRing _events;
    private readonly Journals _journals;
    private readonly NodeReadiness _readiness;
    private readonly NodeWatch _watch;

    public NodeWatchTests()
    {
        _events = new EventRing(_clock);
        _journals = new Journals(_store, new JournalOptions(), _clock);
        _readiness = new NodeReadiness(_journals, new ClusterStanding());
        _watch = new NodeWatch(new NodeId("a"), _readiness, _journals, _events, _clock);
    }

    public async ValueTask InitializeAsync() => await _watch.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public void The_journals_are_looked_at_once_a_second_and_a_change_is_told_once()
    {
        _journals.Channels.Failed(new IOException("disk gone"), writing: true);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        What().ShouldBeEmpty("it is not a second yet");

        _clock.Advance(TimeSpan.FromSeconds(5));
        What().ShouldBe(["store-trouble"]);
        Page().Events[0].Text.ShouldBe("The store is not well (channels): it does not answer: disk gone.");

        _journals.Sessions.Failed(new IOException("disk gone"), writing: false);
        _clock.Advance(TimeSpan.FromSeconds(1));
        What().ShouldBe(["store-trouble", "store-trouble"], "the other journal is another trouble");

        _journals.Channels.Wrote(0);
        _clock.Advance(TimeSpan.FromSeconds(5));
        What().ShouldBe(["store-trouble", "store-trouble", "store-well"]);
        Page().Events[^1].Text.ShouldBe("The store is well again (channels).");
    }

    [Fact]
    public void A_trouble_that_changes_its_words_is_no_other_trouble()
    {
        _journals.Channels.Failed(new IOException("disk gone"), writing: true);
        _clock.Advance(NodeWatch.Every);
        _journals.Channels.Failed(new TimeoutException("no answer"), writing: true);
        _clock.Advance(NodeWatch.Every);

        What().ShouldBe(["store-trouble"]);
    }

    [Fact]
    public void A_start_and_a_stop_are_told_once_each()
    {
        _readiness.MoveTo(NodePhase.Serving);
        _readiness.MoveTo(NodePhase.Serving);
        _readiness.MoveTo(NodePhase.Draining);
        _readiness.MoveTo(NodePhase.Stopped);

        What().ShouldBe(["started", "stopping"]);
    }

    [Fact]
    public void Nothing_is_looked_at_after_the_end()
    {
        _watch.Dispose();
        _journals.Channels.Failed(new IOException("disk gone"), writing: true);
        _clock.Advance(TimeSpan.FromSeconds(5));

        What().ShouldBeEmpty();
        _clock.Timers.ShouldBe(0);
    }

    private Realtime.Messages.Operators.EventPage Page() => _events.Read(0, 100);

    private IEnumerable<string> What() => Page().Events.Select(happened => happened.What);
}
