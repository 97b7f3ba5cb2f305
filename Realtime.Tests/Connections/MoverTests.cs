using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Routing;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Channels;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;
using Realtime.Tests.Routing;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>Real connections and the real plan; the view, the clients and the clock are the test's.</summary>
public sealed class MoverTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly ViewedCluster _cluster = new(Views.Of(1, Views.Node(1)));
    private readonly ConnectTickets _tickets = new(new Dictionary<byte, byte[]> { [1] = new byte[32] });
    private readonly TimerQueue _timers;
    private readonly Admission _admission;
    private readonly ConnectionRegistry _registry;
    private readonly Mover _mover;

    public MoverTests()
    {
        var log = new ConnectionLogging(NullLogger<ConnectionLogging>.Instance);
        var policy = new AdmissionPolicy { Resumes = 1, ResumeBurst = 1 };
        var namespaces = new NamespaceTable([new NamespacePolicy("default")]);
        _timers = new TimerQueue(_clock);
        _admission = new Admission(policy, TimeSpan.FromSeconds(2), _cluster.Self, _tickets, _clock, new Random(1), NullLogger.Instance);
        _registry = new ConnectionRegistry(
            new ConnectionSetup(_cluster.Self, new ConnectionPolicy(), namespaces, new NoTokenVerifier(), new ResumeTokens(new Dictionary<byte, byte[]> { [1] = new byte[32] }))
            {
                Arrivals = _admission,
            },
            _cluster, new Relay(_cluster, namespaces, new ListenerLedger(_cluster, new ChannelLogging(NullLogger<ChannelLogging>.Instance)), _timers, _clock, log), _clock, log);
        _mover = new Mover(_registry, _cluster, _tickets, _admission, policy, TimeSpan.FromSeconds(2), _clock, NullLogger.Instance);
    }

    public void Dispose()
    {
        _mover.Dispose();
        _registry.Dispose();
        _timers.Dispose();
    }

    [Fact]
    public async Task A_connection_whose_session_lives_elsewhere_is_asked_to_go_there_with_a_ticket()
    {
        _cluster.View = Views.Of(1, Views.Node(2), Views.Node(1));
        var (_, link) = await ConnectAsync();

        _clock.Advance(TimeSpan.FromSeconds(2));
        var move = await FrameAsync(link, "move");

        ((string?)move["url"]).ShouldBe("ws://n2.test/v1/connect");
        ((string?)move["reason"]).ShouldBe("rebalance");
        _tickets.Check((string?)move["ticket"], new NodeId("n2"), _clock.GetUtcNow(), out _).ShouldBe(TicketVerdict.Valid);
        _mover.Snapshot.UnderWay.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_is_where_it_belongs_stays_until_its_shard_goes()
    {
        _cluster.View = Views.Of(1, Views.Node(1), Views.Node(2));
        var (_, link) = await ConnectAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        _mover.Snapshot.ShouldBe(_mover.Snapshot with { Connections = 1, UnderWay = 0, Pending = 0 });

        _cluster.View = _cluster.View.With([new Realtime.Cluster.Journal.ShardRow(new ShardId(0), 2, new Incarnation(2))]);
        _clock.Advance(TimeSpan.FromSeconds(2));

        await FrameAsync(link, "move");
    }

    [Fact]
    public async Task A_drain_is_over_when_the_last_has_gone()
    {
        _cluster.View = Views.Of(1, Views.Node(1, status: Realtime.Cluster.Journal.NodeStatus.Draining), Views.Node(2));
        var (connection, link) = await ConnectAsync();
        var (other, otherLink) = await ConnectAsync();
        var drained = _mover.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None);

        // The peer takes one in a second.
        _clock.Advance(TimeSpan.FromSeconds(3));
        ((string?)(await FrameAsync(link, "move"))["reason"]).ShouldBe("drain");
        await FrameAsync(otherLink, "move");

        await GoAsync(connection);
        _clock.Advance(TimeSpan.FromMilliseconds(400));
        drained.IsCompleted.ShouldBeFalse("one is left");
        await GoAsync(other);
        _clock.Advance(TimeSpan.FromMilliseconds(400));

        await drained.Within("the drain to be over");
        _mover.Snapshot.Done.ShouldBe(2);
    }

    [Fact]
    public async Task A_drain_is_over_at_once_when_there_is_nowhere_to_go()
    {
        _cluster.View = Views.Of(1, Views.Node(1, open: false), Views.Node(2, open: false));
        var (_, link) = await ConnectAsync();

        var drained = _mover.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        _clock.Advance(TimeSpan.Zero);

        await drained.Within("the drain to be over");
        link.Messages.ShouldNotContain(text => text.Contains("\"move\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_drain_is_over_when_its_window_is()
    {
        _cluster.View = Views.Of(1, Views.Node(2), Views.Node(1));
        await ConnectAsync();
        var drained = _mover.DrainAsync(TimeSpan.FromSeconds(3), CancellationToken.None);

        _clock.Advance(TimeSpan.FromSeconds(2));
        drained.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(2));

        await drained.Within("the drain to be over");
    }

    [Fact]
    public async Task A_node_that_owns_nothing_any_more_sends_its_connections_away()
    {
        _cluster.View = Views.Of(1, Views.Node(1), Views.Node(2));
        var (_, link) = await ConnectAsync();
        _cluster.Standing = Standing.Out;

        _clock.Advance(TimeSpan.FromSeconds(2));

        ((string?)(await FrameAsync(link, "move"))["url"]).ShouldBe("ws://n2.test/v1/connect");
    }

    [Fact]
    public async Task The_welcome_announces_the_crash_window_that_the_others_need()
    {
        _cluster.View = Views.Of(1, Views.Node(1), Views.Node(2));
        var (_, first) = await ConnectAsync();
        ((int)(await FrameAsync(first, "welcome"))["crashWindow"]!).ShouldBe(2000);
        await ConnectAsync();
        await ConnectAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        var (_, fourth) = await ConnectAsync();

        ((int)(await FrameAsync(fourth, "welcome"))["crashWindow"]!).ShouldBe(6000, "three connections, one peer that takes one in a second");
    }

    private async Task<(Connection, FakeLink)> ConnectAsync()
    {
        var link = new FakeLink();
        var connection = _registry.Open(link);
        await connection.ReceiveAsync(Encoding.UTF8.GetBytes("""{"type":"hello","id":1}"""));
        await FrameAsync(link, "welcome");
        await UntilAsync(() => !connection.Session.IsNone, "the connection to stand for its session");
        return (connection, link);
    }

    private async Task GoAsync(Connection connection)
    {
        var before = _registry.Count;
        connection.LinkLost();
        await UntilAsync(() => _registry.Count < before, "the connection to be gone");
    }

    private static async Task<JsonObject> FrameAsync(FakeLink link, string type)
    {
        JsonObject? found = null;
        await UntilAsync(
            () => (found = link.Messages.SelectMany(Frames).FirstOrDefault(frame => (string?)frame["type"] == type)) is not null, $"a frame '{type}'");
        return found!;
    }

    private static IEnumerable<JsonObject> Frames(string text) =>
        JsonNode.Parse(text) is JsonArray many ? many.Select(node => node!.AsObject()) : [JsonNode.Parse(text)!.AsObject()];

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        async Task WaitAsync()
        {
            // False once the deadline has passed and the timer is gone.
            while (!condition() && await tick.WaitForNextTickAsync())
            {
            }
        }

        await WaitAsync().Within(what);
    }
}
