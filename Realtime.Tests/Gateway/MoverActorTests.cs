using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway;
using Realtime.Node.Gateway.Core;
using Realtime.Tests.Connections;
using Realtime.Tests.Support;

namespace Realtime.Tests.Gateway;

/// <summary>Real connections and the real plan; the places, the clients and the clock are the test's.</summary>
[Collection(ActorSystems.Name)]
public sealed class MoverActorTests : TestKit
{
    private static readonly Dictionary<byte, byte[]> Keys = new() { [1] = new byte[32] };
    private readonly ManualClock _clock = new();
    private readonly CollectedLog _log = new();
    private readonly ConnectTickets _tickets = new(Keys);
    private readonly Admission _admission;
    private readonly ClientConnections _connections;
    private readonly MoverStatus _status = new();
    private readonly MoverSetup _setup;
    private readonly Mover _mover;
    private ClientPlaces _places = ClientPlaces.None;

    public MoverActorTests() : base(
        TestHocon.Silent + """
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        akka.test.single-expect-default = 30s
        """)
    {
        _admission = new Admission(new AdmissionPolicy(), TimeSpan.FromSeconds(2), new NodeId("n1"), _tickets, _clock, new Random(1), NullLogger.Instance);
        var rules = new ConnectionRig(arrivals: _admission).Setup;
        var setup = new ConnectionsSetup(
            rules, Sys.ActorOf(Props.Create<WillingSession>()), TestActor, TestActor, _clock, new ConnectionLogging(NullLogger<ConnectionLogging>.Instance)) { Parts = 2 };
        _connections = new ClientConnections(Sys.ActorOf(ConnectionsActor.PropsOf(setup), "connections"), setup);
        _setup = new MoverSetup(new NodeId("n1"), _connections, _tickets, _admission, () => _places, _clock, _log.CreateLogger("mover"))
        {
            Policy = new MovePolicy { PeerRate = 1, Settle = 0 },
            LeastCrashWindow = TimeSpan.FromSeconds(2),
        };
        _mover = new Mover(Sys.ActorOf(MoverActor.PropsOf(_setup, _status), "mover"), _status);
    }

    [Fact]
    public async Task A_connection_whose_session_lives_elsewhere_is_asked_to_go_there_with_a_ticket()
    {
        _places = Places.Of(1, Places.Node(2), Places.Node(1));
        var (_, link) = await ConnectAsync();

        var move = await MoveOfAsync(link);

        ((string?)move["url"]).ShouldBe("ws://n2.test/v1/connect");
        ((string?)move["reason"]).ShouldBe("rebalance");
        _tickets.Check((string?)move["ticket"], new NodeId("n2"), _clock.GetUtcNow(), out _).ShouldBe(TicketVerdict.Valid);
        await AwaitAssertAsync(() => _mover.Snapshot.UnderWay.ShouldBe(1));
    }

    [Fact]
    public async Task One_that_is_where_it_belongs_stays_until_its_shard_goes()
    {
        _places = Places.Of(1, Places.Node(1), Places.Node(2));
        var (_, link) = await ConnectAsync();
        await PassUntilAsync(() => _mover.Snapshot.Connections == 1, "the mover to have looked");
        (_mover.Snapshot.UnderWay, _mover.Snapshot.Pending).ShouldBe((0, 0));

        _places = _places with { Homes = [new NodeId("n2")] };

        await MoveOfAsync(link);
    }

    [Fact]
    public async Task A_drain_is_over_when_the_last_has_gone()
    {
        _places = Places.Of(1, Places.Node(1), Places.Node(2)).Without(Places.Node(1));
        var (connection, link) = await ConnectAsync();
        var (other, otherLink) = await ConnectAsync();
        var drained = _mover.DrainAsync(TimeSpan.FromSeconds(600), CancellationToken.None);

        ((string?)(await MoveOfAsync(link))["reason"]).ShouldBe("drain");
        await MoveOfAsync(otherLink);
        connection.LinkLost(byPeer: true);
        await PassUntilAsync(() => _mover.Snapshot.Done == 1, "the first to have been seen leaving");
        drained.IsCompleted.ShouldBeFalse("one is left");
        other.LinkLost(byPeer: true);

        await PassUntilAsync(() => drained.IsCompleted, "the drain to be over");
        Lines().ShouldBe(["Connections: n1 sends all 2 to other nodes, over 00:10:00", "Connections: n1 has sent 2 to other nodes and has 0 left, after N ms"]);
    }

    [Fact]
    public async Task A_drain_is_over_at_once_when_there_is_nowhere_to_go()
    {
        _places = ClientPlaces.None;
        var (_, link) = await ConnectAsync();

        await _mover.DrainAsync(TimeSpan.FromSeconds(30), CancellationToken.None).Within("the drain to be over");

        link.Messages.ShouldNotContain(text => text.Contains("\"move\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_drain_is_over_when_its_window_is_and_who_asks_twice_hears_it_twice()
    {
        _places = Places.Of(1, Places.Node(2), Places.Node(1));
        await ConnectAsync();

        var drained = _mover.DrainAsync(TimeSpan.FromSeconds(3), CancellationToken.None);
        var again = _mover.DrainAsync(TimeSpan.FromSeconds(3), CancellationToken.None);

        await PassUntilAsync(() => drained.IsCompleted && again.IsCompleted, "both to be over");
        Lines().ShouldBe(["Connections: n1 sends all 1 to other nodes, over 00:00:03", "Connections: n1 has sent 0 to other nodes and has 1 left, after N ms"]);
    }

    [Fact]
    public async Task Who_comes_after_a_drain_is_sent_away_as_well()
    {
        _places = Places.Of(1, Places.Node(1), Places.Node(2)).Without(Places.Node(1));
        await _mover.DrainAsync(TimeSpan.FromSeconds(600), CancellationToken.None).Within("the drain of a node without connections");

        var (_, link) = await ConnectAsync();

        ((string?)(await MoveOfAsync(link))["reason"]).ShouldBe("drain");
    }

    [Fact]
    public async Task A_drain_that_is_taken_back_is_over_and_those_who_come_then_stay()
    {
        _places = Places.Of(1, Places.Node(1), Places.Node(2));
        await ConnectAsync();
        var drained = _mover.DrainAsync(TimeSpan.FromSeconds(600), CancellationToken.None);

        _mover.Stay();

        await drained.Within("the drain to be over");
        Lines()[^1].ShouldBe("Connections: n1 has sent 0 to other nodes and keeps the 1 that it has left: its drain was taken back after N ms");
        var (_, link) = await ConnectAsync();
        await PassUntilAsync(() => _mover.Snapshot is { Mode: MoveMode.Rebalance, Connections: 2 }, "the mover to have looked");
        link.Messages.ShouldNotContain(text => text.Contains("\"move\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_welcome_names_other_nodes_and_the_crash_window_that_they_need()
    {
        _places = Places.Of(1, Places.Node(1), Places.Node(2));
        await ConnectAsync();
        await ConnectAsync();
        await ConnectAsync();
        await PassUntilAsync(() => _admission.CrashWindow == 6000, "three connections to count, with one peer that takes one in a second");

        var (_, link) = await ConnectAsync();

        var welcome = JsonNode.Parse(link.Messages.Single(text => text.Contains("\"welcome\"", StringComparison.Ordinal)))!;
        ((int)welcome["crashWindow"]!).ShouldBe(6000);
        welcome["others"]!.AsArray().Select(node => (string?)node).ShouldBe(["ws://n2.test/v1/connect"]);
    }

    /// <summary>What the log says of moves, whatever time they took.</summary>
    private List<string> Lines() =>
        [.. _log.Lines.Where(line => line.Level is LogLevel.Information).Select(line => Regex.Replace(line.Text, @"\d+ ms$", "N ms"))];

    private async Task<(IClientConnection Connection, FakeLink Link)> ConnectAsync()
    {
        var link = new FakeLink();
        var connection = await _connections.OpenAsync(link);
        (await connection.ReceiveAsync("""{"type":"hello","id":1}"""u8.ToArray())).ShouldBeTrue();
        await AwaitAssertAsync(() => link.Messages.ShouldContain(text => text.Contains("welcome", StringComparison.Ordinal)));
        return (connection, link);
    }

    private async Task<JsonNode> MoveOfAsync(FakeLink link)
    {
        await PassUntilAsync(() => link.Messages.Any(text => text.Contains("\"move\"", StringComparison.Ordinal)), "a notice to move");
        return JsonNode.Parse(link.Messages.First(text => text.Contains("\"move\"", StringComparison.Ordinal)))!;
    }

    private Task PassUntilAsync(Func<bool> condition, string what) => Soon.IsTrueAsync(
        () =>
        {
            _clock.Advance(_setup.Busy);
            ((TestScheduler)Sys.Scheduler).Advance(_setup.Busy);
            return condition();
        },
        what);

    private sealed class WillingSession : ReceiveActor
    {
        public WillingSession() => Receive<SessionRequest.Attach>(attach =>
            Sender.Tell(new SessionReply.Attached(attach.Tag, ConnectionRig.Attachment, null)));
    }
}
