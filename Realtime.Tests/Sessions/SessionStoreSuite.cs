using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Sessions;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sessions;

/// <summary>Sessions as a node has them: in their region, in a cluster of one, over a real store.</summary>
public abstract class SessionStoreSuite : IAsyncLifetime
{
    private EventStoreCase? _case;
    private IHost? _host;

    private EventStoreCase Case => _case ?? throw new InvalidOperationException("not started");

    private IRequiredActor<SessionRegion> Region => (_host ?? throw new InvalidOperationException("not started")).Services
        .GetRequiredService<IRequiredActor<SessionRegion>>();

    public async ValueTask InitializeAsync()
    {
        _case = CreateCase();
        await _case.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Case.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_session_for_which_nobody_comes_back_is_parked_expires_and_is_forgotten_in_the_end()
    {
        // Times below, but in the order of those in use.
        await StartAsync(
            new SessionPolicy
            {
                WriteBehind = TimeSpan.FromMilliseconds(10), Grace = TimeSpan.FromMilliseconds(50), TimeToLive = TimeSpan.FromSeconds(2),
            },
            new IdleSweepPolicy
            {
                TimeToLive = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromMilliseconds(100), PagePause = TimeSpan.FromMilliseconds(10),
            });
        var id = new SessionId(77);
        var connection = await OpenAsync(id);
        await connection.Ask<SessionReply.Done>(new SessionRequest.Detach(id, 2)).Within("the detach");

        await UntilAsync(found => found is [{ HasEnded: false }], "its record");
        await UntilAsync(found => found is [{ HasEnded: true }], "its end");
        await UntilAsync(found => found is [], "the sweep");
    }

    [Fact]
    public async Task Idle_sessions_are_found_in_pages_and_only_those_that_were_not_written_since_are_forgotten()
    {
        await StartAsync(new SessionPolicy { WriteBehind = TimeSpan.FromMilliseconds(1) }, new IdleSweepPolicy());
        var ids = Enumerable.Range(1, 5).Select(number => new SessionId((UInt128)number)).ToList();
        foreach (var id in ids)
        {
            await OpenAsync(id);
        }

        var ended = await OpenAsync(new SessionId(6));
        await UntilAsync(found => found.Count == 6, "six records");
        await ended.Ask<SessionReply.Done>(new SessionRequest.End(new SessionId(6), 3)).Within("the bye");
        var idle = new SqlIdleSessions(Case.Store);
        var found = new List<IdleSession>();
        SessionLogCursor? next = default(SessionLogCursor);
        while (next is { } after)
        {
            var page = await idle.ReadAsync(Tomorrow, after, 4, TestContext.Current.CancellationToken);
            found.AddRange(page.Entries);
            next = page.Next;
        }

        found.Select(session => session.Session).ShouldBe([.. ids, new SessionId(6)], ignoreOrder: true);
        found.Where(session => session.HasEnded).ShouldHaveSingleItem().ShouldBe(new IdleSession(new SessionId(6), 2, true));
        (await idle.ReadAsync(DateTimeOffset.UnixEpoch, default, 10, TestContext.Current.CancellationToken)).Entries.ShouldBeEmpty();

        await idle.ForgetAsync([new IdleSession(new SessionId(6), 1, true)], TestContext.Current.CancellationToken);
        (await CountAsync(new SessionId(6))).ShouldBe(2, "it was written since");
        await idle.ForgetAsync([new IdleSession(new SessionId(6), 2, true)], TestContext.Current.CancellationToken);
        (await CountAsync(new SessionId(6))).ShouldBe(0);
        (await CountAsync(ids[0])).ShouldBe(1);
    }

    [Fact]
    public async Task Sessions_that_others_see_are_found_in_pages_and_no_others()
    {
        var policy = new SessionPolicy { WriteBehind = TimeSpan.FromMilliseconds(1), Grace = TimeSpan.FromMilliseconds(50) };
        await StartAsync(policy, new IdleSweepPolicy());
        await OpenAsync(new SessionId(1), user: "ann");
        await OpenAsync(new SessionId(2));
        await OpenAsync(new SessionId(3));
        await OpenAsync(new SessionId(4), presence: null);
        await (await OpenAsync(new SessionId(5))).Ask<SessionReply.Done>(new SessionRequest.Detach(new SessionId(5), 3)).Within("the detach");
        await (await OpenAsync(new SessionId(6))).Ask<SessionReply.Done>(new SessionRequest.End(new SessionId(6), 3)).Within("the bye");
        await UntilAsync(page => page.Count >= 5, "the records");
        await UntilPresentAsync([1, 2, 3]);

        // Another process reads one of them back: its log now ends with a fence that keeps the record.
        await StopAsync();
        var stopped = TimeProvider.System.GetUtcNow();
        await StartAsync(policy, new IdleSweepPolicy(), writer: 2);
        var region = await Region.GetAsync(TestContext.Current.CancellationToken);
        await region.Ask<SessionReply.Kept>(new SessionRequest.ExpireIfIdle(new SessionId(1), 1)).Within("the answer of a session");
        (await CountAsync(new SessionId(1))).ShouldBe(2);

        var found = (await PresentAsync(Yesterday)).ToDictionary(session => session.Session);
        found.Keys.Order(Comparer<SessionId>.Create((one, other) => one.Value.CompareTo(other.Value))).ShouldBe([new SessionId(1), new SessionId(2), new SessionId(3)]);
        found[new SessionId(1)].User.ShouldBe(new UserId("ann"));
        found[new SessionId(2)].User.ShouldBeNull();
        found[new SessionId(1)].Attachment.Attempt.ShouldBe(9);
        found[new SessionId(3)].Presence.ShouldBe([new RecordedPresence(MachineRig.Chat, MachineRig.Text("here"))]);
        (await PresentAsync(stopped)).ShouldBeEmpty("their time to live is over, though one has a newer row");
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_hides_no_other_and_an_older_row_of_a_log_counts_no_more()
    {
        await StartAsync(new SessionPolicy { WriteBehind = TimeSpan.FromMilliseconds(1) }, new IdleSweepPolicy());
        var connection = await OpenAsync(new SessionId(1));
        await OpenAsync(new SessionId(2));
        await UntilPresentAsync([1, 2]);

        await connection.Ask<SessionReply.Done>(new SessionRequest.SetPresence(new SessionId(1), 3, MachineRig.Chat, null)).Within("the withdrawal");
        await UntilPresentAsync([2]);
        (await CountAsync(new SessionId(1))).ShouldBe(2);

        await OpenAsync(new SessionId(3));
        await UntilPresentAsync([2, 3]);
        await Case.ScalarAsync(
            $"UPDATE {Case.Table(EventTable.Sessions)} SET message = {Case.Bytes("0801")} WHERE persistence_id = '{EntityIds.LogOf(new SessionId(2))}'");
        await UntilPresentAsync([3]);
    }

    internal abstract EventStoreCase CreateCase();

    private static DateTimeOffset Tomorrow => TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1);

    private static DateTimeOffset Yesterday => TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(1);

    private async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.StopAsync(TestContext.Current.CancellationToken);
            host.Dispose();
        }
    }

    private async Task<IReadOnlyList<PresentSession>> PresentAsync(DateTimeOffset touchedAfter)
    {
        var records = new SqlPresentSessions(Case.Store);
        var found = new List<PresentSession>();
        SessionLogCursor? next = default(SessionLogCursor);
        while (next is { } after)
        {
            var page = await records.ReadAsync(touchedAfter, after, 2, TestContext.Current.CancellationToken);
            page.Sessions.Count.ShouldBeLessThanOrEqualTo(2);
            found.AddRange(page.Sessions);
            next = page.Next;
        }

        return found;
    }

    private Task UntilPresentAsync(int[] sessions) => Soon.IsTrueAsync(
        async () => (await PresentAsync(Yesterday)).Select(session => (int)session.Session.Value).Order().SequenceEqual(sessions),
        $"sessions {string.Join(", ", sessions)} to be those that are present");

    private async Task StartAsync(SessionPolicy policy, IdleSweepPolicy sweep, int writer = 1)
    {
        var journals = new Journals(Case.Store, new JournalOptions(), TimeProvider.System);
        var logs = new EventLogSettings(LogKind.Session, new Incarnation(writer), new FixedStore(), new HeldLease())
        {
            JournalPluginId = journals.Sessions.PluginId, SnapshotPluginId = journals.Sessions.SnapshotPluginId,
        };
        var settings = new SessionSettings(policy, new NodeId("one"), logs, journals.Sessions.NewIds);
        _host = new HostBuilder().ConfigureServices(services => services.AddAkka("sessions", (builder, _) => builder
            .AddHocon(
                TestHocon.Quiet + """
                akka.actor.provider = cluster
                akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
                akka.cluster.sharding.state-store-mode = ddata
                """,
                HoconAddMode.Prepend)
            .WithRealtimeJournal(journals)
            .WithActors(async (system, _) => await ClusterSharding.Get(system).StartAsync(
                "channel", _ => Props.Create<AgreeableChannel>(), ClusterShardingSettings.Create(system), new ChannelExtractor()))
            .WithSessions(settings, new SqlIdleSessions(Case.Store), sweep, new SqlPresentSessions(Case.Store), null, system => ClusterSharding.Get(system)
                .DefaultShardAllocationStrategy(ClusterShardingSettings.Create(system)))
            .AddStartup((system, _) =>
            {
                var cluster = Akka.Cluster.Cluster.Get(system);
                cluster.Join(cluster.SelfAddress);
            }))).Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>
    /// A connection that holds the session, subscribed to a channel as present. It passes requests on, and answers to who asked.
    /// </summary>
    private async Task<IActorRef> OpenAsync(SessionId id, string? user = null, string? presence = "here")
    {
        var region = await Region.GetAsync(TestContext.Current.CancellationToken);
        var connection = _host!.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create<Connection>(region));
        await connection.Ask<SessionReply.Attached>(
            new SessionRequest.Attach(id, 1, new NodeId("one"), new ConnectionId(1))
            {
                IsNew = true, Attempt = 9, Identity = user is null ? null : new SessionIdentity(new UserId(user), null),
            }).Within("the attachment");
        await connection.Ask<SessionReply.Done>(new SessionRequest.PutSubscription(
            id, 2, new SessionSubscription(MachineRig.Chat, null, presence is null ? null : MachineRig.Text(presence)))).Within("the subscription");
        return connection;
    }

    private Task UntilAsync(Func<IReadOnlyList<IdleSession>, bool> holds, string what)
    {
        var idle = new SqlIdleSessions(Case.Store);
        return Soon.IsTrueAsync(async () => holds((await idle.ReadAsync(Tomorrow, default, 100, TestContext.Current.CancellationToken)).Entries), what);
    }

    private async Task<long> CountAsync(SessionId id) => (long)(await Case.ScalarAsync(
        $"SELECT count(*) FROM {Case.Table(EventTable.Sessions)} WHERE persistence_id = '{EntityIds.LogOf(id)}'"))!;

    private sealed class Connection(IActorRef region) : UntypedActor
    {
        private readonly Dictionary<long, IActorRef> _asked = [];

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case SessionRequest request:
                    _asked[request.Tag] = Sender;
                    region.Tell(request);
                    break;
                case SessionReply reply when _asked.Remove(reply.Tag, out var asker):
                    asker.Tell(reply);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }
    }

    private sealed class AgreeableChannel : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(new ChannelReply.Noted(((ChannelRequest)message).Tag));
    }

    private sealed class ChannelExtractor : HashCodeMessageExtractor
    {
        public ChannelExtractor()
            : base(10)
        {
        }

        public override string? EntityId(object message) => message is ChannelRequest request ? EntityIds.Of(request.Channel) : null;
    }

    private sealed class FixedStore : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class HeldLease : IWriterLease
    {
        public bool IsHeld => true;
    }
}
