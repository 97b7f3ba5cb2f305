using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Membership;

public sealed class NodeMembershipTests
{
    private const int Shards = TestMember.Shards;

    private readonly ManualClock _clock = new();
    private readonly ModelClusterStore _store = new(Shards);

    [Fact]
    public async Task A_first_node_joins_takes_every_shard_and_says_so_in_order()
    {
        await using var node = await TestMember.StartedAsync(_store, _clock);
        await node.Listener.WaitAsync(reports => reports.Count(one => one.StartsWith("view", StringComparison.Ordinal)) >= 2, "the shards and then their version");

        node.Listener.Reports.Take(4).ShouldBe(["joined 1", "standing Sure", $"view 2 shards {Shards}", "view 3 shards 0"]);
        _store.Owned(new Incarnation(1)).ShouldBe(Shards);
        (node.Membership.Self, node.Membership.Standing, node.Membership.Commits).ShouldBe((new Incarnation(1), Standing.Sure, true));
        node.Membership.View.OwnerOf(new ShardId(5))!.Profile.Name.ShouldBe(new NodeId("a"));
        _store.Nodes.ShouldHaveSingleItem().Load.ShouldBe(7);
        _store.BeatsOnPoolThreads.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_that_falls_silent_is_evicted_and_its_shards_are_taken()
    {
        var silent = await StrangerAsync("b");
        await _store.AcquireAsync(silent, [new ShardId(3), new ShardId(4)], Token);
        await using var node = await TestMember.StartedAsync(_store, _clock);
        for (var beat = 0; beat < 5; beat++)
        {
            _store.Evictions.ShouldBeEmpty();
            await node.BeatAsync();
        }

        await TestMember.UntilAsync(() => node.Membership.View.OwnerOf(new ShardId(3))?.Incarnation == node.Membership.Self, "the shards of the silent");
        _store.Evictions.ShouldBe([(node.Membership.Self, silent)]);
        node.Membership.View.Find(silent).ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_is_declared_dead_says_so_and_joins_again()
    {
        await using var node = await TestMember.StartedAsync(_store, _clock);
        _store.Kill(node.Membership.Self);
        _clock.Advance(TestMember.Timers.Heartbeat);

        await node.Listener.HasAsync("standing Sure", times: 2);
        var reports = node.Listener.Reports.Where(one => !one.StartsWith("view", StringComparison.Ordinal)).ToList();
        reports.ShouldBe(["joined 1", "standing Sure", "standing Out", "dead 1", "joined 2", "standing Sure"]);
        await node.BeatenAsync(new Incarnation(2), 1);
        await TestMember.UntilAsync(() => _store.Owned(new Incarnation(2)) == Shards, "its shards");
    }

    [Fact]
    public async Task When_its_name_is_taken_meanwhile_it_gives_up_after_a_while()
    {
        await using var node = await TestMember.StartedAsync(_store, _clock);
        Incarnation stranger;
        do
        {
            // The node may be looking at its cluster at this moment: then it is back before the stranger comes.
            _store.Kill(node.Membership.Self);
            stranger = await StrangerAsync("a");
        }
        while (stranger == default);

        _clock.Advance(TestMember.Timers.Heartbeat);
        await node.Listener.HasAsync("dead 1");

        await node.PassAsync(node.Listener.HasAsync("failed"), TimeSpan.FromSeconds(0.5), () => _store.Beat(stranger));
        node.Listener.Failure.ShouldBeOfType<NameInUseException>().By.Incarnation.ShouldBe(stranger);
        node.Membership.Standing.ShouldBe(Standing.Out);
    }

    [Fact]
    public async Task A_heartbeat_that_hangs_lets_the_lease_end_and_no_other_is_sent()
    {
        await using var node = await TestMember.StartedAsync(_store, _clock);
        _store.Troubles = (call, _) => call == "heartbeat" ? Trouble.Hangs : Trouble.NotExecuted;
        await node.BeatAsync();
        _clock.Advance(TimeSpan.FromSeconds(6));
        node.Membership.Standing.ShouldBe(Standing.Unsure);
        node.Membership.Commits.ShouldBeFalse();
        await node.Listener.HasAsync("standing Unsure");

        _clock.Advance(TimeSpan.FromSeconds(3));
        node.Membership.Standing.ShouldBe(Standing.Frozen, "there is nobody else");
        await node.Listener.HasAsync("standing Frozen");
        _store.Beats(node.Membership.Self).ShouldBe(2);

        _store.Troubles = (_, _) => Trouble.None;
        _store.Resume();
        await node.PassAsync(node.Listener.HasAsync("standing Sure", times: 2), TimeSpan.FromSeconds(0.1));
        node.Listener.Reports.ShouldNotContain("dead 1");
    }

    [Fact]
    public async Task What_a_peer_says_puts_it_out_when_only_it_cannot_reach_the_store()
    {
        var peer = await StrangerAsync("b");
        await using var node = await TestMember.StartedAsync(_store, _clock);
        _store.Troubles = (_, _) => Trouble.NotExecuted;
        _clock.Advance(TimeSpan.FromSeconds(9));
        node.Membership.Standing.ShouldBe(Standing.Unsure);
        node.Membership.PeerSaid(peer, commits: true);
        _clock.Advance(TimeSpan.FromSeconds(3));
        node.Membership.Standing.ShouldBe(Standing.Out);
        await node.Listener.HasAsync("standing Out");
    }

    [Fact]
    public async Task A_store_that_has_gone_back_puts_it_out_and_it_stops_its_heartbeats()
    {
        await using var node = await TestMember.StartedAsync(_store, _clock);
        await node.Listener.HasAsync("view 3 shards 0");
        _store.GoBack(1);
        await node.BeatAsync();
        await node.Listener.HasAsync("standing Out");
        node.Membership.Standing.ShouldBe(Standing.Out);
        var beats = _store.Beats(node.Membership.Self);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await node.Membership.DisposeAsync();
        _store.Beats(node.Membership.Self).ShouldBe(beats);
    }

    [Fact]
    public async Task News_of_a_newer_view_is_followed_at_once()
    {
        await using var node = await TestMember.StartedAsync(_store, _clock);
        await node.Listener.HasAsync("view 3 shards 0");
        var newcomer = await StrangerAsync("b");
        node.Membership.Refresh(_store.Version);
        await TestMember.UntilAsync(() => node.Membership.View.Find(newcomer) is not null, "the newcomer");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<Incarnation> StrangerAsync(string name) => (await _store.JoinAsync(Views.Profile(name), null, Token)).Incarnation;
}
