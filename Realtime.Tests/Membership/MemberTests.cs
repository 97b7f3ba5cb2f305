using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Membership.Core;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Membership;

public sealed class MemberTests
{
    private static readonly Incarnation Self = new(1);
    private static readonly NodeRow[] Nodes = [Views.Node(1), Views.Node(2)];
    private readonly Member _member = new(new MembershipTimers(TimeSpan.FromSeconds(3)), Self, default, Views.Of(4, Nodes), TimeSpan.Zero);

    [Fact]
    public void A_newer_version_on_the_heartbeat_is_read_and_told_with_what_changed()
    {
        Beat(version: 3);
        _member.IsBehind.ShouldBeTrue();

        var change = Read(3, new ShardRow(new ShardId(2), 1, Self)).ShouldNotBeNull();
        change.Shards.ShouldBe([new ShardId(2)]);
        change.After.Version.ShouldBe(3);
        _member.IsBehind.ShouldBeFalse();
        Read(3).ShouldBeNull("nothing changed");
    }

    [Fact]
    public void Owners_learned_early_are_not_undone_by_an_older_view()
    {
        _member.Learned([new ShardRow(new ShardId(0), 2, Self)]).ShouldNotBeNull();
        Read(2, new ShardRow(new ShardId(0), 1, new Incarnation(2)));
        _member.View[new ShardId(0)].ShouldBe(new ShardRow(new ShardId(0), 2, Self));
    }

    [Fact]
    public void A_load_that_changed_is_told_and_a_counter_is_not()
    {
        _member.Read(new ViewDelta(1, 1, 4, [Nodes[0] with { Heartbeat = 5 }, Nodes[1] with { Heartbeat = 6 }], []), 1).ShouldBeNull();
        _member.Read(new ViewDelta(1, 1, 4, [Nodes[0], Nodes[1] with { Load = 6 }], []), 1).ShouldNotBeNull().Shards.ShouldBeEmpty();
    }

    [Fact]
    public void A_heartbeat_answered_before_a_newer_view_was_read_is_no_regression()
    {
        _member.NextHeartbeat(0);
        Read(5);
        _member.Answered(new HeartbeatResult(true, 4, 1, []), TimeSpan.Zero, TimeSpan.Zero);
        _member.IsRegressed.ShouldBeFalse();
    }

    [Fact]
    public void A_store_that_has_gone_back_puts_it_out()
    {
        Read(5);
        Beat(version: 4);
        _member.IsRegressed.ShouldBeTrue();
        Beat(version: 9);
        _member.StandingAt(TimeSpan.FromSeconds(1)).ShouldBe(Standing.Out);
        _member.IsDead.ShouldBeFalse();
    }

    [Fact]
    public void A_view_that_has_gone_back_puts_it_out()
    {
        Read(5);
        Read(4).ShouldBeNull();
        _member.IsRegressed.ShouldBeTrue();
    }

    [Fact]
    public void A_declared_loss_of_data_is_read_whole_and_passed_on()
    {
        Read(5, new ShardRow(new ShardId(1), 3, Self));
        _member.NextHeartbeat(0);
        _member.Answered(new HeartbeatResult(true, 3, 2, []), TimeSpan.Zero, TimeSpan.Zero);
        _member.IsRegressed.ShouldBeFalse();
        _member.IsBehind.ShouldBeTrue();
        _member.ReadSince.ShouldBe(0);

        var change = _member.Read(new ViewDelta(3, 2, 4, Nodes, [new ShardRow(new ShardId(1), 1_000_002, default)]), 0).ShouldNotBeNull();
        change.After.StoreEpoch.ShouldBe(2);
        change.After.Version.ShouldBe(3);
        change.Shards.ShouldContain(new ShardId(1));
        _member.IsBehind.ShouldBeFalse();
    }

    [Fact]
    public void A_part_of_a_view_after_a_loss_is_not_believed()
    {
        Read(5);
        _member.Read(new ViewDelta(6, 2, 4, Nodes, []), 5).ShouldBeNull();
        (_member.IsBehind, _member.ReadSince).ShouldBe((true, 0));
    }

    [Fact]
    public void It_is_dead_when_the_heartbeat_or_the_view_says_so()
    {
        _member.Read(new ViewDelta(2, 1, 4, [Nodes[1]], []), 1);
        _member.IsDead.ShouldBeTrue();
        _member.StandingAt(TimeSpan.Zero).ShouldBe(Standing.Out);
    }

    [Fact]
    public void It_evicts_nobody_while_its_own_lease_is_old()
    {
        for (var second = 0; second <= 15; second += 3)
        {
            Beat(1, second, KeyValuePair.Create(new Incarnation(2), 8L));
        }

        _member.Silent(TimeSpan.FromSeconds(15)).ShouldHaveSingleItem().Victim.ShouldBe(new Incarnation(2));
        _member.Silent(TimeSpan.FromSeconds(21)).ShouldHaveSingleItem();
        _member.Silent(TimeSpan.FromSeconds(21.1)).ShouldBeEmpty();
    }

    private void Beat(long version, double second = 0, params KeyValuePair<Incarnation, long>[] watched)
    {
        _member.NextHeartbeat(0).Self.ShouldBe(Self);
        _member.Answered(new HeartbeatResult(true, version, 1, watched), TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(second));
    }

    private ViewChange? Read(long version, params ShardRow[] shards) => _member.Read(new ViewDelta(version, 1, 4, Nodes, shards), 1);
}
