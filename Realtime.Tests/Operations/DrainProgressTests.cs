using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal.Memory;
using Realtime.Messages.Operators;
using Realtime.Node.Operations;
using Realtime.Node.Operations.Listener;
using Realtime.Tests.Connections;
using Realtime.Tests.Routing;
using NodeStatus = Realtime.Cluster.Journal.NodeStatus;

namespace Realtime.Tests.Operations;

/// <summary>How far a drain is, and when it is over; the view, the clients and the clock are the test's.</summary>
public sealed class DrainProgressTests : IAsyncLifetime
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly MoverRig _rig = new();
    private readonly GivingSteering _steering = new();
    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly NodeDraining _draining;

    public DrainProgressTests()
    {
        var readiness = new NodeReadiness(_store);
        readiness.MoveTo(NodePhase.Serving);
        var node = new OperatedNode(_rig.Cluster, _steering, _rig.Registry, _rig.Relay, _rig.Mover);
        _draining = new NodeDraining(() => node, readiness, isClustered: true, Window, () => throw new InvalidOperationException("Nobody asked it to leave."), NullLogger<NodeDraining>.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _draining.Dispose();
        _rig.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task It_says_what_is_left_when_it_begins_and_whenever_it_is_asked_for_again()
    {
        _rig.Cluster.View = Views.Of(4, Views.Node(1), Views.Node(2));
        await _rig.ConnectAsync();

        (await DrainAsync()).Text.ShouldContain("2 shards and 1 connection left");
        _draining.Phase.ShouldBe("draining");

        _rig.Cluster.View = Views.Of(3, Views.Node(2), Views.Node(1, status: NodeStatus.Draining));
        var again = await DrainAsync();
        again.Done.ShouldBeFalse();
        again.Text.ShouldContain("already: 1 shard and 1 connection left");
    }

    [Fact]
    public async Task It_is_not_over_with_its_window_while_there_are_clients_who_can_still_go()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(2), Views.Node(1, status: NodeStatus.Draining));
        var clients = new[] { (await _rig.ConnectAsync()).Item1, (await _rig.ConnectAsync()).Item1, (await _rig.ConnectAsync()).Item1 };
        await DrainAsync();
        _steering.Emptied.SetResult(true);
        _rig.Clock.Advance(Window + TimeSpan.FromMilliseconds(200));

        foreach (var client in clients)
        {
            _draining.Phase.ShouldBe("draining");
            (await DrainAsync()).Text.ShouldContain($"0 shards and {_rig.Registry.Count} connection");
            await _rig.GoAsync(client);
        }

        _rig.Clock.Advance(TimeSpan.FromMilliseconds(400));
        await MoverRig.UntilAsync(() => _draining.Phase == "drained", "the drain to be over");
        var over = await DrainAsync();
        over.Done.ShouldBeTrue();
        over.Text.ShouldContain("0 shards and 0 connections left");
    }

    [Fact]
    public async Task Clients_who_have_nowhere_to_go_do_not_hold_it_up_and_are_counted()
    {
        _rig.Cluster.View = Views.Of(1, Views.Node(2, open: false), Views.Node(1, status: NodeStatus.Draining, open: false));
        await _rig.ConnectAsync();
        await DrainAsync();
        _steering.Emptied.SetResult(true);
        _rig.Clock.Advance(TimeSpan.FromMilliseconds(400));

        await MoverRig.UntilAsync(() => _draining.Phase == "drained", "the drain to be over");
        (await DrainAsync()).Text.ShouldContain("drained already: 0 shards and 1 connection left, 1 of them with nowhere to go");
    }

    private async Task<ActionResult> DrainAsync()
    {
        var reply = await _draining.DrainAsync(TestContext.Current.CancellationToken);
        reply.Status.ShouldBe(200, reply.Detail);
        return reply.Read(OperatorJson.Default.ActionResult)!;
    }
}
