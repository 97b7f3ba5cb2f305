using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Membership;

/// <summary>Giving shards away, draining, leaving.</summary>
public sealed class NodeMembershipOwnersTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly ModelClusterStore _store = new(TestMember.Shards);
    private TestMember _node = null!;
    private Incarnation _other;

    public async ValueTask InitializeAsync()
    {
        _node = await TestMember.StartedAsync(_store, _clock);
        await _node.Listener.HasAsync("view 3 shards 0");
        _other = (await _store.JoinAsync(Views.Profile("b"), null, Token)).Incarnation;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Shards_are_given_away_but_those_that_are_written_to_and_the_view_has_it()
    {
        _store.Fenced.Add(new ShardId(2));
        var given = await HandOffAsync(1, 2);
        given.ShouldBe([new ShardRow(new ShardId(1), 2, _other)]);
        _node.Membership.View[new ShardId(1)].ShouldBe(given[0]);
        _node.Membership.View[new ShardId(2)].Owner.ShouldBe(_node.Membership.Self);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_was_lost_is_looked_up(bool executed)
    {
        var asked = false;
        _store.Troubles = (call, _) =>
        {
            asked |= call == "view";
            return call switch
            {
                "handoff" => executed ? Trouble.ReplyLost : Trouble.NotExecuted,
                "view" => Trouble.NotExecuted,
                _ => Trouble.None,
            };
        };
        var giving = HandOffAsync(1, 2);
        await TestMember.UntilAsync(() => asked, "the look-up");
        giving.IsCompleted.ShouldBeFalse("nobody knows yet");

        _store.Troubles = (_, _) => Trouble.None;
        await _node.PassAsync(giving, TimeSpan.FromMilliseconds(1));

        (await giving).Select(row => row.Owner).ShouldBe(executed ? [_other, _other] : []);
        _node.Membership.View[new ShardId(1)].Owner.ShouldBe(executed ? _other : _node.Membership.Self);
    }

    [Fact]
    public async Task Nothing_is_given_away_with_an_old_lease()
    {
        var asked = false;
        _store.Troubles = (call, _) =>
        {
            asked |= call == "handoff";
            return call == "heartbeat" ? Trouble.NotExecuted : Trouble.None;
        };
        _clock.Advance(TimeSpan.FromSeconds(6.1));
        (await HandOffAsync(1)).ShouldBeEmpty();
        asked.ShouldBeFalse();
    }

    [Fact]
    public async Task To_a_node_that_takes_none_nothing_is_given()
    {
        await _store.DrainAsync(_other, draining: true, Token);
        (await HandOffAsync(1)).ShouldBeEmpty();
        _node.Membership.View.Find(_other)!.Status.ShouldBe(NodeStatus.Draining);
    }

    [Fact]
    public async Task A_draining_node_takes_nothing_any_more_not_in_its_next_life_either()
    {
        await _node.Membership.DrainAsync(Token);
        _node.Membership.View.Find(_node.Membership.Self)!.Status.ShouldBe(NodeStatus.Draining);
        _store.Kill(_node.Membership.Self);
        _clock.Advance(TestMember.Timers.Heartbeat);
        await _node.Listener.HasAsync("joined 3");
        await _node.BeatenAsync(new Incarnation(3), 1);
        for (var beat = 0; beat < 3; beat++)
        {
            await _node.BeatAsync();
        }

        _store.Nodes.Single(node => node.Incarnation == new Incarnation(3)).Status.ShouldBe(NodeStatus.Draining);
        _store.Owned(new Incarnation(3)).ShouldBe(0);
    }

    [Fact]
    public async Task Who_leaves_frees_the_rest_and_does_not_come_back()
    {
        var self = _node.Membership.Self;
        await _node.Membership.LeaveAsync(Token);
        _store.Nodes.ShouldHaveSingleItem().Incarnation.ShouldBe(_other);
        _store.Owned(self).ShouldBe(0);
        _node.Membership.Standing.ShouldBe(Standing.Out);
        _clock.Advance(TimeSpan.FromSeconds(30));
        await _node.Listener.HasAsync("standing Out");
        await _node.DisposeAsync();
        _node.Listener.Reports.ShouldNotContain("dead 1");
        _store.Nodes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Leaving_is_tried_until_the_store_answers()
    {
        var tried = 0;
        _store.Troubles = (call, _) => call == "leave" && tried++ < 1 ? Trouble.NotExecuted : Trouble.None;
        var leaving = _node.Membership.LeaveAsync(Token);
        await TestMember.UntilAsync(() => tried == 1, "the first try");
        await _node.PassAsync(leaving, TimeSpan.FromMilliseconds(1));

        _store.Nodes.ShouldHaveSingleItem().Incarnation.ShouldBe(_other);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<IReadOnlyList<ShardRow>> HandOffAsync(params int[] shards) => _node.Membership.HandOffAsync(
        _other, [.. shards.Select(shard => new ShardFence(new ShardId(shard), 1, _node.Membership.Self))], Token);
}
