using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Gateway;
using Realtime.Tests.Support;

namespace Realtime.Tests.Gateway;

public sealed class CurrentPlacesTests
{
    private readonly ManualClock _clock = new();
    private readonly ClusterMap _map = new();
    private readonly CurrentPlaces _places;
    private long _number;

    public CurrentPlacesTests() => _places = new CurrentPlaces(_map, _clock);

    [Fact]
    public void Clients_are_sent_to_nodes_that_are_up_and_to_the_one_that_holds_their_session()
    {
        Publish(Member("n1"), Member("n2"));

        _places.Now().Open.Select(place => place.Node.Name).ShouldBe(["n1", "n2"]);
        _places.Now().Homes.ShouldAllBe(home => home == new NodeId("n1"));
    }

    [Fact]
    public void None_is_sent_to_a_node_that_drains_leaves_joins_cannot_be_reached_or_has_no_address()
    {
        Publish(
            Member("n1"),
            Member("n2") with { IsDrained = true },
            Member("n3") with { IsStopping = true },
            Member("n4") with { Standing = MemberStanding.Leaving },
            Member("n5") with { Standing = MemberStanding.Joining },
            Member("n6") with { IsReachable = false },
            Member("n7") with { HoldsShards = false },
            Member("n8", clientUrl: null));

        _places.Now().Open.Select(place => place.Node.Name).ShouldBe(["n1"]);
    }

    [Fact]
    public void A_node_whose_row_stands_still_is_named_to_no_client_though_it_is_a_member()
    {
        var silent = Member("n2");
        Publish(Member("n1"), silent);
        _places.Now().Open.Length.ShouldBe(2);
        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Publish(Member("n1"), silent);
            _places.Now().Open.Length.ShouldBe(2);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        Publish(Member("n1"), silent);

        _places.Now().Open.Select(place => place.Node.Name).ShouldBe(["n1"]);
        Publish(Member("n1"), Member("n2"));
        _places.Now().Open.Length.ShouldBe(2, "it is heard of again");
    }

    [Fact]
    public void A_picture_in_which_nothing_has_changed_for_clients_is_the_same_one()
    {
        Publish(Member("n1"), Member("n2"));
        var before = _places.Now();

        Publish(Member("n1"), Member("n2"));

        _places.Now().ShouldBeSameAs(before);
    }

    private MemberSnapshot Member(string name, string? clientUrl = "ws://test")
    {
        var key = new MemberKey($"akka.tcp://realtime@{name}:1", 1);
        return new MemberSnapshot(
            key,
            1,
            MemberStanding.Up,
            IsReachable: true,
            HoldsShards: true,
            new ClusterNews.NodeRow(new NodeId(name), new Incarnation(1), key, ++_number, "1", clientUrl, null, 100, 0, 0, 0, false, default, default),
            IsDrained: false,
            IsStopping: false);
    }

    private void Publish(params MemberSnapshot[] members)
    {
        var held = Enumerable.Repeat<MemberSnapshot?>(members[0], EntityShards.Count).ToArray();
        _map.Publish(new ClusterSnapshot(members[0].Key, members, held, held));
    }
}
