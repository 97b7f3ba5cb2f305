using System.Text.Json;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Tests.Routing;

public sealed class GatewayRoutingTests
{
    private readonly Random _random = new(4);

    [Fact]
    public void A_session_is_sent_to_the_node_that_owns_its_shard()
    {
        var (one, two) = (Views.Node(1), Views.Node(2, load: 99));
        var view = Views.Of(one, two);

        GatewayRouting.OwnerOf(view, Views.SessionsOf(view, one).First()).ShouldBe(one);
        GatewayRouting.OwnerOf(view, Views.SessionsOf(view, two).First()).ShouldBe(two, "however full it is");
    }

    [Fact]
    public void Nobody_is_sent_to_an_owner_that_drains_or_that_clients_cannot_choose()
    {
        var (draining, closed) = (Views.Node(1, status: NodeStatus.Draining), Views.Node(2, open: false));
        var view = Views.Of(draining, closed);

        GatewayRouting.OwnerOf(view, Views.SessionsOf(view, draining).First()).ShouldBeNull();
        GatewayRouting.OwnerOf(view, Views.SessionsOf(view, closed).First()).ShouldBeNull();
        Choose(draining, closed).ShouldBeNull();
    }

    [Fact]
    public void A_shard_that_nobody_owns_names_no_node()
    {
        var one = Views.Node(1);
        var view = Views.Of(one).With([new ShardRow(new ShardId(0), 9, new Incarnation(77))]);

        GatewayRouting.OwnerOf(view, Views.SessionsOf(Views.Of(1, one), one).First(session =>
            view.ShardOf(Realtime.Messages.Entities.EntityAddress.Of(session)) == new ShardId(0))).ShouldBeNull();
    }

    [Fact]
    public void The_fullest_node_gets_nobody_and_the_emptiest_most_but_not_all()
    {
        var nodes = new[] { Views.Node(1, 80), Views.Node(2, 50), Views.Node(3, 10), Views.Node(4, 30) };
        var chosen = Enumerable.Range(0, 3000).Select(_ => Choose(nodes)!).CountBy(node => node).ToDictionary();

        chosen.ShouldNotContainKey(nodes[0], "whatever it is paired with has more room");
        chosen[nodes[2]].ShouldBeInRange(1300, 1700, "half of all pairs have it");
        chosen[nodes[3]].ShouldBeInRange(800, 1200);
        chosen[nodes[1]].ShouldBeInRange(350, 650);
    }

    [Fact]
    public void A_full_node_is_chosen_only_when_all_are_full()
    {
        var (full, fuller, roomy) = (Views.Node(1, 100), Views.Node(2, 150), Views.Node(3, 99));

        for (var i = 0; i < 100; i++)
        {
            Choose(full, fuller, roomy).ShouldBe(roomy);
            Choose(full, fuller).ShouldBe(full);
        }
    }

    [Fact]
    public void What_a_node_knows_of_itself_counts_more_than_its_row()
    {
        var (one, two) = (Views.Node(1, 0), Views.Node(2, 20));
        var view = Views.Of(one, two);

        GatewayRouting.MostRoom(view, default, (one.Profile.Name, 50), 0, 0).ShouldBe(two);
        GatewayRouting.MostRoom(view, default, null, 0, 0).ShouldBe(one);
        GatewayRouting.MostRoom(view, one.Profile.Name, null, 0, 0).ShouldBe(two, "one is excepted");
    }

    [Fact]
    public void Every_roll_of_the_dice_names_a_node()
    {
        var nodes = new[] { Views.Node(1), Views.Node(2), Views.Node(3) };
        var almostOne = Math.BitDecrement(1.0);
        foreach (var (first, second) in new[] { (0.0, 0.0), (0.0, almostOne), (almostOne, 0.0), (almostOne, almostOne) })
        {
            GatewayRouting.MostRoom(Views.Of(nodes), default, null, first, second).ShouldNotBeNull();
        }
    }

    [Fact]
    public void The_answer_has_the_names_of_the_protocol()
    {
        JsonSerializer.Serialize(new GatewayAnswer("wss://a/v1/connect", "t", 5), GatewayJson.Default.GatewayAnswer)
            .ShouldBe("""{"url":"wss://a/v1/connect","ticket":"t","notBefore":5}""");
        JsonSerializer.Serialize(new GatewayAnswer("wss://a/v1/connect", null, 0), GatewayJson.Default.GatewayAnswer)
            .ShouldBe("""{"url":"wss://a/v1/connect","notBefore":0}""");
        GatewayRouting.ConnectUrl("wss://a/n/1/").ShouldBe("wss://a/n/1/v1/connect");
    }

    private NodeRow? Choose(params NodeRow[] nodes) =>
        GatewayRouting.MostRoom(Views.Of(nodes), default, null, _random.NextDouble(), _random.NextDouble());
}
