using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Connections;

namespace Realtime.Tests.Connections;

/// <summary>Where new sessions live. The first of the members is the node that names them.</summary>
public sealed class NewSessionTests
{
    private const int Sessions = 200;

    [Fact]
    public void A_new_session_lives_on_the_node_its_client_is_connected_to()
    {
        MemberSnapshot[] members = [Member("a"), Member("b"), Member("c")];

        Homes(members, shard => members[shard % 3]).ShouldAllBe(home => home == "a");
    }

    [Fact]
    public void As_long_as_nobody_has_shards_they_are_spread_over_all()
    {
        var ids = new NewSessions(() => Cluster([Member("a"), Member("b")], _ => null));

        Shards(ids).Distinct().Count().ShouldBeGreaterThan(Sessions / 4);
    }

    [Fact]
    public void No_new_session_waits_for_a_node_that_does_not_answer()
    {
        MemberSnapshot[] members = [Member("a"), Member("b") with { IsReachable = false }];

        Homes(members, shard => (shard % 4) switch { 0 => members[0], 1 => null, _ => members[1] }).ShouldAllBe(home => home == "a");
    }

    [Fact]
    public void A_node_that_gives_its_shards_away_starts_no_session_of_its_own()
    {
        MemberSnapshot[] members = [Member("a") with { IsStopping = true }, Member("b"), Member("c") with { IsDrained = true }];

        Homes(members, shard => members[shard % 3]).ShouldAllBe(home => home == "b");
    }

    [Fact]
    public void A_node_without_shards_starts_sessions_on_the_others()
    {
        MemberSnapshot[] members = [Member("a"), Member("b")];

        Homes(members, _ => members[1]).ShouldAllBe(home => home == "b");
    }

    [Fact]
    public void A_node_that_is_no_member_yet_names_sessions_at_random() => Shards(NewSessions.Anywhere).Distinct().Count().ShouldBeGreaterThan(Sessions / 4);

    private static List<string?> Homes(MemberSnapshot[] members, Func<int, MemberSnapshot?> owner) =>
        Shards(new NewSessions(() => Cluster(members, owner))).ConvertAll(shard => owner(shard)?.Node?.Name);

    private static List<int> Shards(NewSessions sessions) =>
        [.. Enumerable.Range(0, Sessions).Select(_ => EntityShards.Number(sessions.Next().ToString()))];

    private static ClusterSnapshot Cluster(MemberSnapshot[] members, Func<int, MemberSnapshot?> owner)
    {
        var held = Enumerable.Range(0, EntityShards.Count).Select(owner).ToArray();
        return new ClusterSnapshot(members[0].Key, members, held, new MemberSnapshot?[EntityShards.Count]);
    }

    private static MemberSnapshot Member(string name)
    {
        var key = new MemberKey($"akka.tcp://realtime@{name}:1", 1);
        var row = new ClusterNews.NodeRow(new NodeId(name), new Incarnation(1), key, 1, "1", null, null, 100, 0, 0, 0, false, default, default);
        return new MemberSnapshot(key, 1, MemberStanding.Up, IsReachable: true, HoldsShards: true, row, IsDrained: false, IsStopping: false);
    }
}
