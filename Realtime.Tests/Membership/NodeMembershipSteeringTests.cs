using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Membership;

/// <summary>What operators ask for: drains that are taken back, evictions.</summary>
public sealed class NodeMembershipSteeringTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly ModelClusterStore _store = new(TestMember.Shards);
    private TestMember _node = null!;
    private Incarnation _other;
    private long _sequence;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await TestMember.StartedAsync(_store, _clock);
        _other = (await _store.JoinAsync(Views.Profile("b"), null, Token)).Incarnation;
        await _node.BeatAsync();
        await TestMember.UntilAsync(() => _node.Membership.View.Find(_other) is not null, "b in the view");
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_drain_that_was_taken_back_is_over_in_the_next_life_too()
    {
        (await _node.Membership.DrainUnlessLastAsync(Token)).ShouldBe(DrainResult.Draining);
        Status().ShouldBe(NodeStatus.Draining);
        (await _node.Membership.UndrainAsync(Token)).ShouldBeTrue();
        Status().ShouldBe(NodeStatus.Active);

        (await NextLifeAsync()).Status.ShouldBe(NodeStatus.Active);
    }

    [Fact]
    public async Task A_drain_an_operator_began_goes_on_in_the_next_life()
    {
        (await _node.Membership.DrainUnlessLastAsync(Token)).ShouldBe(DrainResult.Draining);
        (await NextLifeAsync()).Status.ShouldBe(NodeStatus.Draining);
    }

    [Fact]
    public async Task The_drain_of_a_process_that_ends_is_not_taken_back()
    {
        await _node.Membership.DrainAsync(Token);
        (await _node.Membership.UndrainAsync(Token)).ShouldBeFalse();
        Status().ShouldBe(NodeStatus.Draining);
    }

    [Fact]
    public async Task A_drain_that_was_refused_leaves_nothing_behind()
    {
        await _store.DrainAsync(_other, draining: true, Token);
        (await _node.Membership.DrainUnlessLastAsync(Token)).ShouldBe(DrainResult.Last);
        Status().ShouldBe(NodeStatus.Active);
        (await NextLifeAsync()).Status.ShouldBe(NodeStatus.Active);
    }

    [Fact]
    public async Task What_operators_ask_for_is_tried_once()
    {
        _store.Troubles = (call, _) => call is "drain" or "drain unless last" or "evict" ? Trouble.NotExecuted : Trouble.None;

        await Should.ThrowAsync<StoreUnavailableException>(_node.Membership.DrainUnlessLastAsync(Token));
        await Should.ThrowAsync<StoreUnavailableException>(_node.Membership.UndrainAsync(Token));
        await Should.ThrowAsync<StoreUnavailableException>(_node.Membership.EvictAsync(_other, force: true, Token));

        _store.Troubles = (_, _) => Trouble.None;
        Status().ShouldBe(NodeStatus.Active);
        (await NextLifeAsync()).Status.ShouldBe(NodeStatus.Active);
    }

    [Fact]
    public async Task A_silent_node_is_evicted_after_two_and_a_half_heartbeats()
    {
        var evicting = _node.Membership.EvictAsync(_other, force: false, Token);
        await _node.BeatAsync();
        await _node.BeatAsync();
        evicting.IsCompleted.ShouldBeFalse("it is being watched");
        _store.Evictions.ShouldBeEmpty();

        await _node.BeatAsync();
        (await evicting.Within("the eviction")).ShouldBe(EvictResult.Evicted);
        _node.Membership.View.Find(_other).ShouldBeNull();
        _store.Evictions.ShouldBe([(_node.Membership.Self, _other)]);
    }

    [Fact]
    public async Task A_node_whose_heartbeat_moves_is_not_evicted()
    {
        var evicting = _node.Membership.EvictAsync(_other, force: false, Token);
        for (var beat = 0; beat < 3; beat++)
        {
            OtherBeats();
            await _node.BeatAsync();
        }

        (await evicting.Within("the refusal")).ShouldBe(EvictResult.Alive);
        _node.Membership.View.Find(_other).ShouldNotBeNull();
    }

    [Fact]
    public async Task By_force_a_living_node_is_evicted_however_often_it_says_that_it_lives()
    {
        var tried = 0;
        _store.Troubles = (call, _) =>
        {
            if (call == "evict" && tried++ < 3)
            {
                OtherBeats();
            }

            return Trouble.None;
        };

        (await _node.Membership.EvictAsync(_other, force: true, Token)).ShouldBe(EvictResult.Evicted);
        tried.ShouldBe(4);
    }

    [Fact]
    public async Task Who_has_left_meanwhile_is_gone()
    {
        await _store.LeaveAsync(_other, Token);
        (await _node.Membership.EvictAsync(_other, force: true, Token)).ShouldBe(EvictResult.Gone);
        (await _node.Membership.EvictAsync(new Incarnation(99), force: true, Token)).ShouldBe(EvictResult.Gone);
    }

    [Fact]
    public async Task With_an_old_lease_nobody_is_evicted()
    {
        _store.Troubles = (call, _) => call == "heartbeat" ? Trouble.NotExecuted : Trouble.None;
        _clock.Advance(TimeSpan.FromSeconds(6.1));
        (await _node.Membership.EvictAsync(_other, force: true, Token)).ShouldBe(EvictResult.Unsure);
        _store.Evictions.ShouldBeEmpty();
    }

    private NodeStatus Status() => _node.Membership.View.Find(_node.Membership.Self)!.Status;

    private void OtherBeats() => _store.Heartbeat(new HeartbeatRequest(_other, default, ++_sequence, 0, []));

    private async Task<NodeRow> NextLifeAsync()
    {
        _store.Kill(_node.Membership.Self);
        _clock.Advance(TestMember.Timers.Heartbeat);
        await _node.Listener.HasAsync("joined 3");
        return _store.Nodes.Single(node => node.Incarnation == new Incarnation(3));
    }
}
