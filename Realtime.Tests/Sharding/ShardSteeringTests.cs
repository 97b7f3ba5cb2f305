using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Ids;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

/// <summary>Operators move shards, hold them, pause and let go.</summary>
public sealed class ShardSteeringTests : EngineStage
{
    [Fact]
    public async Task A_shard_that_was_moved_by_hand_stays_though_it_belongs_elsewhere_until_it_is_let_go()
    {
        var (a, b) = await PairAsync();
        var shard = EngineRig.ShardOf(a);
        var entity = await EngineRig.WakeAsync(a, shard);

        (await MoveAsync(a, shard, b)).Outcome.ShouldBe(SteeringOutcome.Done);

        await Deadline.Until(() => b.Steering.Held.Contains(shard), "b to hold it");
        b.Steering.PlannedOwner(shard).ShouldBe(a.Name);
        (await EngineRig.AskAsync(a, entity, "second")).Position!.Value.Offset.ShouldBe(2, "its state went along");
        a.Steering.Held.ShouldBeEmpty();
        b.Steering.Planned(100).ShouldBeEmpty();

        // All plan anew, and carry it out.
        var c = await Rig.JoinAsync("c");
        await EngineRig.SettledAsync(a, b, c);
        a.Engine.View[shard].Owner.ShouldBe(b.Self);

        b.Steering.RebalanceNow().IsDone.ShouldBeTrue();
        await Deadline.Until(() => a.Engine.View[shard].Owner is var owner && owner != b.Self && a.Engine.View.Find(owner)!.Profile.Name == a.Steering.PlannedOwner(shard), "it to go where it belongs");
        b.Steering.Held.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_held_goes_all_the_same_when_its_node_drains()
    {
        var (a, b) = await PairAsync();
        var shard = EngineRig.ShardOf(a);
        await MoveAsync(a, shard, b);
        await Deadline.Until(() => b.Steering.Held.Contains(shard), "b to hold it");

        (await b.Steering.DrainAsync(Token)).IsDone.ShouldBeTrue();
        (await b.Steering.EmptiedAsync(Token).Within("b to be empty")).ShouldBeTrue();
        (await Rig.OwnedAsync(b)).ShouldBe(0);
        (await b.Steering.UndrainAsync(Token)).IsDone.ShouldBeTrue();

        await EngineRig.SettledAsync(a, b);
        a.Engine.View[shard].Owner.ShouldBe(a.Self, "nobody holds it any more");
    }

    [Fact]
    public async Task What_cannot_be_moved_is_refused_with_the_reason()
    {
        var (a, b) = await PairAsync();
        var c = await Rig.JoinAsync("c");
        await EngineRig.SettledAsync(a, b, c);
        var shard = EngineRig.ShardOf(a);

        Says(await MoveAsync(a, new ShardId(EngineRig.Shards), b), SteeringOutcome.Unknown, "There is no shard 32");
        Says(await MoveAsync(a, new ShardId(-1), b), SteeringOutcome.Unknown, "There is no shard -1");
        Says(await a.Steering.MoveAsync(shard, new NodeId("nobody"), Token), SteeringOutcome.Unknown, "There is no node nobody");
        Says(await MoveAsync(a, shard, a), SteeringOutcome.Refused, "is on a already");
        var foreign = await MoveAsync(b, shard, c);
        Says(foreign, SteeringOutcome.Refused, "owned by a, not by b");
        foreign.Owner.ShouldBe(a.Name);

        (await c.Steering.DrainAsync(Token)).IsDone.ShouldBeTrue();
        await c.Steering.EmptiedAsync(Token).Within("c to be empty");
        await Deadline.Until(() => a.Engine.View.Find(c.Self)!.Status == Realtime.Cluster.Journal.NodeStatus.Draining, "a to know");
        Says(await MoveAsync(a, shard, c), SteeringOutcome.Refused, "c drains");

        Rig.Wires.Cut(a.Name, b.Name);
        Says(await MoveAsync(a, shard, b), SteeringOutcome.Unavailable, "no link from a to b");
        a.Engine.View[shard].Owner.ShouldBe(a.Self);
    }

    [Fact]
    public async Task Who_is_not_sure_of_its_lease_moves_nothing()
    {
        var store = new Membership.ModelClusterStore(EngineRig.Shards);
        await using var rig = new EngineRig(store);
        var a = await rig.JoinAsync("a");
        await Deadline.Until(() => a.Owned == EngineRig.Shards, "a to own everything");

        store.Troubles = (call, _) => call == "heartbeat" ? Membership.Trouble.NotExecuted : Membership.Trouble.None;
        await Deadline.Until(() => a.Engine.Standing is not Realtime.Cluster.Membership.Standing.Sure, "the lease to run out");

        Says(await a.Steering.MoveAsync(new ShardId(0), new NodeId("b"), Token), SteeringOutcome.Unavailable, "Nothing was done");
    }

    [Fact]
    public async Task A_shard_on_its_way_is_shown_and_is_not_moved_twice()
    {
        var (a, b) = await PairAsync();
        var shard = EngineRig.ShardOf(a);
        await EngineRig.WakeAsync(a, shard);
        var go = new TaskCompletionSource();
        Rig.Witness.MayHandOff = _ => go.Task;

        var first = MoveAsync(a, shard, b);
        await Deadline.Until(() => a.Steering.Moves.Count == 1, "the hand-off to begin");
        var move = a.Steering.Moves[0];
        (move.Shard, move.From, move.To).ShouldBe((shard, a.Name, b.Name));
        var waiting = a.Engine.View.Shards.First(row => row.Owner == a.Self && row.Shard != shard).Shard;
        var second = MoveAsync(a, waiting, b);
        await Deadline.Until(() => a.Steering.Planned(10) is [var planned] && planned == new PlannedMove(waiting, a.Name, b.Name), "the second to wait for its turn");
        Says(await MoveAsync(a, shard, b), SteeringOutcome.Refused, "on its way to b already");
        Says(await MoveAsync(a, waiting, b), SteeringOutcome.Refused, "about to be moved already");

        go.SetResult();
        (await first.Within("the first move")).IsDone.ShouldBeTrue();
        (await second.Within("the second move")).IsDone.ShouldBeTrue();
        await Deadline.Until(() => a.Steering.Moves.Count == 0, "nothing to be under way");
    }

    [Fact]
    public async Task A_move_that_nobody_waits_for_when_its_turn_comes_is_not_made()
    {
        var (a, b) = await PairAsync();
        var shard = EngineRig.ShardOf(a);
        await EngineRig.WakeAsync(a, shard);
        var waiting = a.Engine.View.Shards.Where(row => row.Owner == a.Self && row.Shard != shard).Select(row => row.Shard).Take(2).ToArray();
        var go = new TaskCompletionSource();
        Rig.Witness.MayHandOff = _ => go.Task;
        var first = MoveAsync(a, shard, b);
        await Deadline.Until(() => a.Steering.Moves.Count == 1, "the hand-off to begin");

        using var impatient = new CancellationTokenSource();
        var second = a.Steering.MoveAsync(waiting[0], b.Name, impatient.Token);
        var third = MoveAsync(a, waiting[1], b);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        go.SetResult();

        (await first.Within("the first move")).IsDone.ShouldBeTrue();
        (await third.Within("the third move")).IsDone.ShouldBeTrue();
        a.Engine.View[waiting[0]].Owner.ShouldBe(a.Self);
    }

    [Fact]
    public async Task A_paused_node_begins_nothing_for_balance_but_does_what_it_is_told_and_drains()
    {
        var a = await Rig.JoinAsync("a");
        await Deadline.Until(() => a.Owned == EngineRig.Shards, "a to own everything");
        a.Steering.PauseMoves(TimeSpan.FromHours(1)).IsDone.ShouldBeTrue();
        a.Steering.PausedFor!.Value.ShouldBeInRange(TimeSpan.FromMinutes(50), TimeSpan.FromHours(1));
        var b = await Rig.JoinAsync("b");
        await Deadline.Until(() => a.Steering.Links is [{ Up: true }], "the link");

        // Each of these is a turn of the loop that would have begun with the plan as well.
        var planned = a.Steering.Planned(100).Select(move => move.Shard).ToArray();
        planned.Length.ShouldBeGreaterThan(4);
        foreach (var shard in planned.Take(3))
        {
            (await MoveAsync(a, shard, b)).IsDone.ShouldBeTrue();
        }

        (await Rig.OwnedAsync(b)).ShouldBe(3);
        a.Steering.RebalanceNow().Message.ShouldContain("paused");
        a.Steering.ResumeMoves().IsDone.ShouldBeTrue();
        a.Steering.PausedFor.ShouldBeNull();
        await EngineRig.SettledAsync(a, b);

        a.Steering.PauseMoves(TimeSpan.FromHours(1));
        (await a.Steering.DrainAsync(Token)).IsDone.ShouldBeTrue();
        (await a.Steering.EmptiedAsync(Token).Within("a to be empty, paused or not")).ShouldBeTrue();
        (await Rig.OwnedAsync(a)).ShouldBe(0);
        Says(a.Steering.PauseMoves(TimeSpan.Zero), SteeringOutcome.Refused, "some time");
    }

    private static Task<SteeringResult> MoveAsync(EngineNode from, ShardId shard, EngineNode to) => from.Steering.MoveAsync(shard, to.Name, Token);

    private static void Says(SteeringResult result, SteeringOutcome outcome, string text)
    {
        result.Message.ShouldContain(text);
        result.Outcome.ShouldBe(outcome);
    }

    private async Task<(EngineNode A, EngineNode B)> PairAsync()
    {
        var nodes = await Rig.JoinAllAsync("a", "b");
        return (nodes[0], nodes[1]);
    }
}
