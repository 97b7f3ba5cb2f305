using Realtime.Node.Gateway.Core;

namespace Realtime.Tests.Gateway;

public sealed class PlaceChoiceTests
{
    private readonly Random _random = new(4);

    [Fact]
    public void A_session_lives_at_the_node_that_holds_its_shard_however_full_it_is()
    {
        var (one, two) = (Places.Node(1), Places.Node(2, load: 99));
        var places = Places.Of(one, two);

        places.HomeOf(Places.SessionsOf(places, one).First()).ShouldBe(one);
        places.HomeOf(Places.SessionsOf(places, two).First()).ShouldBe(two);
    }

    [Fact]
    public void A_home_that_clients_cannot_be_sent_to_is_none()
    {
        var (one, two) = (Places.Node(1), Places.Node(2));
        var places = Places.Of(one, two);
        var session = Places.SessionsOf(places, two).First();

        places.Without(two).HomeOf(session).ShouldBeNull();
        ClientPlaces.None.HomeOf(session).ShouldBeNull();
    }

    [Fact]
    public void The_fullest_node_gets_nobody_and_the_emptiest_most_but_not_all()
    {
        var nodes = new[] { Places.Node(1, 80), Places.Node(2, 50), Places.Node(3, 10), Places.Node(4, 30) };
        var chosen = Enumerable.Range(0, 3000).Select(_ => Choose(nodes)!).CountBy(node => node).ToDictionary();

        chosen.ShouldNotContainKey(nodes[0], "whatever it is paired with has more room");
        chosen[nodes[2]].ShouldBeInRange(1300, 1700, "half of all pairs have it");
        chosen[nodes[3]].ShouldBeInRange(800, 1200);
        chosen[nodes[1]].ShouldBeInRange(350, 650);
    }

    [Fact]
    public void A_full_node_is_chosen_only_when_all_are_full()
    {
        var (full, fuller, roomy) = (Places.Node(1, 100), Places.Node(2, 150), Places.Node(3, 99));

        for (var i = 0; i < 100; i++)
        {
            Choose(full, fuller, roomy).ShouldBe(roomy);
            Choose(full, fuller).ShouldBe(full);
        }
    }

    [Fact]
    public void Every_roll_of_the_dice_names_a_node()
    {
        var places = Places.Of(Places.Node(1), Places.Node(2), Places.Node(3));
        var almostOne = Math.BitDecrement(1.0);
        foreach (var (first, second) in new[] { (0.0, 0.0), (0.0, almostOne), (almostOne, 0.0), (almostOne, almostOne) })
        {
            PlaceChoice.MostRoom(places, default, first, second).ShouldNotBeNull();
            PlaceChoice.MostRoom(places, new("n2"), first, second)!.Node.Name.ShouldNotBe("n2");
        }
    }

    [Fact]
    public void Places_that_differ_by_load_alone_send_everybody_to_the_same_nodes()
    {
        var places = Places.Of(Places.Node(1), Places.Node(2));

        places.SendsAs(Places.Of(Places.Node(1, load: 7), Places.Node(2, load: 3))).ShouldBeTrue();
        places.SendsAs(Places.Of(Places.Node(2), Places.Node(1))).ShouldBeFalse();
        places.SendsAs(places.Without(Places.Node(2))).ShouldBeFalse();
        places.SendsAs(Places.Of(Places.Node(1), Places.Node(2) with { Incarnation = new(9) })).ShouldBeFalse("it is another life");
    }

    private ClientPlace? Choose(params ClientPlace[] nodes) =>
        PlaceChoice.MostRoom(Places.Of(nodes), default, _random.NextDouble(), _random.NextDouble());
}
