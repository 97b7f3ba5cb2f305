using Realtime.Client;
using Realtime.Node.Configuration;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Failures;

/// <summary>Nodes that do not hear each other.</summary>
[Collection(FailureCollection.Name)]
public sealed class PartitionTests(ThreeNodes three)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Promised are 35 s.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(70);

    [Fact]
    public async Task One_lost_connection_between_two_nodes_costs_nobody_anything()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        var (places, _) = await ThreeNodes.WriteAsync(client, Limit, "a publish everywhere");
        var before = three.Network.Resets(three.A.Name, three.B.Name);
        three.Network.Reset(three.A.Name, three.B.Name);
        var (after, _) = await ThreeNodes.WriteAsync(client, Limit, "every channel to be writable after a connection was lost");
        three.Network.Resets(three.A.Name, three.B.Name).ShouldBeGreaterThan(before);
        ThreeNodes.FollowsOn(places, after);
        await three.ShouldHaveLostNobodyAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_that_is_cut_off_from_both_others_has_to_go_and_its_clients_move(bool silently)
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        // The first connection goes to the second of them.
        await using var door = new TcpProxy(three.A.Clients.Endpoint, three.C.Clients.Endpoint, three.B.Clients.Endpoint);
        await using var moved = new RealtimeClient(new RealtimeClientOptions { Url = new Uri($"ws://{door.Endpoint}"), ConnectTimeout = TimeSpan.FromSeconds(3) });
        await moved.ConnectAsync().Within("a client to connect");
        moved.Node.ShouldBe(three.C.Name);
        var exits = three.C.Exits.Count;

        Isolate(three.C, silently);
        var (places, _) = await ThreeNodes.WriteAsync(client, Settled, "every channel to be writable on the larger side");
        await ClusterStage.UntilAsync(() => Task.FromResult(three.C.Exits.Count > exits), Limit, "the node that was cut off to end");
        three.C.Exits.Last().Code.ShouldBe(ExitCodes.LostMembership, three.Stage.Output);
        (await three.VerdictsAsync()).ShouldAllBe(verdict => verdict.Node == three.C.Name, "its row goes when it is started again");
        await ClusterStage.UntilAsync(
            () => Task.FromResult(moved.State == ClientState.Connected && moved.Node != three.C.Name), Settled, "the client of the node that was cut off to be on another");
        var (after, _) = await ThreeNodes.WriteAsync(moved, Limit, "every channel to be writable for the client that moved");
        ThreeNodes.FollowsOn(places, after);
    }

    [Fact]
    public async Task A_link_that_is_broken_between_two_of_three_costs_one_of_them_at_most()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        three.Network.Cut(three.B.Name, three.C.Name);
        await Task.Delay(three.Stage.Options.LongPartition, TimeProvider.System, TestContext.Current.CancellationToken);
        await ThreeNodes.WriteAsync(client, Settled, "every channel to be writable at the node that both still reach");
        (await three.VerdictsAsync()).Count.ShouldBeLessThanOrEqualTo(1, three.Stage.Output);
        (await three.VerdictsAsync()).ShouldAllBe(verdict => verdict.Node != three.A.Name);
    }

    [Fact]
    public async Task Nodes_that_do_not_hear_each_other_for_a_short_time_stay_members()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        Isolate(three.C, silently: true);
        await Task.Delay(three.Stage.Options.ShortPartition, TimeProvider.System, TestContext.Current.CancellationToken);
        three.Network.Heal();
        await ThreeNodes.WriteAsync(client, Limit, "every channel to be writable after the healing");
        await three.ShouldHaveLostNobodyAsync();
    }

    [Fact]
    public async Task A_node_that_is_cut_off_from_the_others_and_from_the_store_goes_by_its_row()
    {
        await three.WellAsync();
        await using var client = await three.ConnectAsync(three.A);
        Isolate(three.C, silently: true);
        three.C.Store!.Cut();
        // Promised are 20 s.
        await ThreeNodes.WriteAsync(client, TimeSpan.FromSeconds(40), "every channel to be writable on the side that has the store");
        (await three.VerdictsAsync()).ShouldHaveSingleItem().Node.ShouldBe(three.C.Name);
    }

    private void Isolate(StageNode node, bool silently)
    {
        foreach (var other in three.Stage.Nodes.Where(other => other != node))
        {
            if (silently)
            {
                three.Network.Silence(node.Name, other.Name);
                three.Network.Silence(other.Name, node.Name);
            }
            else
            {
                three.Network.Cut(node.Name, other.Name);
            }
        }
    }
}
