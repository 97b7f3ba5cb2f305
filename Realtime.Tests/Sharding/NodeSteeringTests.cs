using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

/// <summary>Operators drain nodes and take it back, evict, and look.</summary>
public sealed class NodeSteeringTests : EngineStage
{
    [Fact]
    public async Task A_drain_that_is_taken_back_before_anything_has_moved_changes_nothing()
    {
        var (a, b) = await PairAsync();
        var epochs = a.Engine.View.Shards.Select(row => row.Epoch).ToArray();
        Rig.Wires.Cut(a.Name, b.Name);

        (await a.Steering.DrainAsync(Token)).IsDone.ShouldBeTrue();
        var emptied = a.Steering.EmptiedAsync(Token);
        (await Rig.StatusAsync(a)).ShouldBe(NodeStatus.Draining);
        (await a.Steering.UndrainAsync(Token)).IsDone.ShouldBeTrue();

        (await emptied.Within("the drain to be over")).ShouldBeFalse("it was taken back");
        (await Rig.StatusAsync(a)).ShouldBe(NodeStatus.Active);
        Rig.Wires.Mend(a.Name, b.Name);
        await EngineRig.SettledAsync(a, b);
        a.Engine.View.Shards.Select(row => row.Epoch).ShouldBe(epochs);
    }

    [Fact]
    public async Task A_drain_that_is_taken_back_in_the_middle_of_a_hand_off_ends_balanced()
    {
        var (a, b) = await PairAsync();
        var entity = await EngineRig.WakeAsync(a);
        var go = new TaskCompletionSource();
        Rig.Witness.MayHandOff = address => address == entity ? go.Task : Task.CompletedTask;

        (await a.Steering.DrainAsync(Token)).IsDone.ShouldBeTrue();
        var emptied = a.Steering.EmptiedAsync(Token);
        var shard = a.Engine.View.ShardOf(entity);
        await Deadline.Until(() => a.Steering.Moves.Any(move => move.Shard == shard), "its hand-off to begin");
        (await a.Steering.UndrainAsync(Token)).IsDone.ShouldBeTrue();
        go.SetResult();

        (await emptied.Within("the drain to be over")).ShouldBeFalse();
        await EngineRig.SettledAsync(a, b);
        a.Owned.ShouldBeGreaterThan(5);
        (await EngineRig.AskAsync(b, entity, "after")).Position!.Value.Offset.ShouldBe(2);
    }

    [Fact]
    public async Task A_drained_node_gets_back_what_belongs_to_it()
    {
        var (a, b) = await PairAsync();
        (await a.Steering.DrainAsync(Token)).IsDone.ShouldBeTrue();
        (await a.Steering.EmptiedAsync(Token).Within("a to be empty")).ShouldBeTrue();
        (await Rig.OwnedAsync(a)).ShouldBe(0);

        (await a.Steering.UndrainAsync(Token)).IsDone.ShouldBeTrue();
        (await a.Steering.UndrainAsync(Token)).IsDone.ShouldBeTrue("it takes shards already");

        await EngineRig.SettledAsync(a, b);
        a.Owned.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task The_last_node_is_not_drained_but_may_leave()
    {
        var (a, b) = await PairAsync();
        var results = await Task.WhenAll(a.Steering.DrainAsync(Token), b.Steering.DrainAsync(Token));

        results.Select(result => result.Outcome).Order().ShouldBe([SteeringOutcome.Done, SteeringOutcome.Refused]);
        results.Single(result => !result.IsDone).Message.ShouldContain("the last that takes shards");
        var (draining, last) = results[0].IsDone ? (a, b) : (b, a);
        (await draining.Steering.EmptiedAsync(Token).Within("the other to be empty")).ShouldBeTrue();
        (await draining.Steering.DrainAsync(Token)).IsDone.ShouldBeTrue("it drains already");

        await last.Engine.DrainAsync(Token).Within("a process that ends to find nobody to give anything to");
        (await last.Steering.UndrainAsync(Token)).Message.ShouldContain("is stopping");
        (await last.Steering.DrainAsync(Token)).Outcome.ShouldBe(SteeringOutcome.Refused);
        await last.Engine.LeaveAsync(Token).Within("it to leave");
    }

    [Fact]
    public async Task Who_evicts_by_force_finds_the_node_again_in_its_next_life()
    {
        var (a, b) = await PairAsync();
        var life = b.Self;

        Says(await a.Steering.EvictAsync(a.Name, true, Token), SteeringOutcome.Refused, "does not evict itself");
        Says(await a.Steering.EvictAsync(new NodeId("nobody"), true, Token), SteeringOutcome.Unknown, "There is no node nobody");
        Says(await a.Steering.EvictAsync(b.Name, true, Token), SteeringOutcome.Done, "was declared dead");

        await Deadline.Until(() => b.Self != life && a.Engine.View.Find(b.Self) is not null, "b to join again");
        b.Steering.RebalanceNow();
        a.Steering.RebalanceNow();
        await EngineRig.SettledAsync(a, b);
    }

    [Fact]
    public async Task Links_and_views_are_shown_and_told_as_they_change()
    {
        var told = new List<string>();
        var a = await Rig.JoinAsync("a");
        a.Steering.LinkChanged += (node, up) => Note($"{node} {up}");
        a.Steering.ViewChanged += change => Note(string.Join(' ', change.After.Nodes.Select(node => node.Profile.Name).Except(change.Before.Nodes.Select(node => node.Profile.Name))));
        var b = await Rig.JoinAsync("b");
        await EngineRig.SettledAsync(a, b);
        a.Steering.Links.ShouldBe([new PeerLinkState(b.Name, true, 0)]);

        Rig.Wires.Cut(a.Name, b.Name);
        await Deadline.Until(() => a.Steering.Links is [{ Up: false }], "the link to be lost");
        Rig.Wires.Mend(a.Name, b.Name);
        await Deadline.Until(() => Notes().Count(note => note == "b True") == 2, "the link to come up again");

        Notes().Where(note => note is "b True" or "b False").Distinct().ShouldBe(["b True", "b False"]);
        Notes().Count(note => note == "b").ShouldBe(1, "b came once");

        void Note(string what)
        {
            lock (told)
            {
                told.Add(what);
            }
        }

        string[] Notes()
        {
            lock (told)
            {
                return [.. told];
            }
        }
    }

    [Fact]
    public async Task What_is_in_memory_is_counted_where_it_is()
    {
        var (a, b) = await PairAsync();
        var entity = await EngineRig.WakeAsync(a);
        var shard = a.Engine.View.ShardOf(entity);

        a.Steering.Residents(EntityKind.Channel).ShouldBe([entity]);
        a.Steering.Residents(EntityKind.Session).ShouldBeEmpty();
        (a.Steering.Resident(EntityKind.Channel), b.Steering.Resident(EntityKind.Channel)).ShouldBe((1, 0));
        a.Steering.ResidentOf(shard).ShouldBe((0, 1));
        b.Steering.ResidentOf(shard).ShouldBe((0, 0));
        a.Steering.ResidentOf(new ShardId(-1)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_walk_over_what_is_in_memory_finds_all_that_stays_while_others_come()
    {
        var a = await Rig.JoinAsync("a");
        await Deadline.Until(() => a.Owned == EngineRig.Shards, "a to own everything");
        for (var i = 0; i < 1000; i++)
        {
            a.Engine.Tell(Address(i), new ChannelRequest.Publish(default, default, null) { Producer = ProducerId.FromStore("p"), Sequence = i });
        }

        await Deadline.Until(() => a.Steering.Resident(EntityKind.Channel) == 1000, "all to be there");
        var found = new List<EntityAddress>();
        foreach (var address in a.Steering.Residents(EntityKind.Channel))
        {
            found.Add(address);
            a.Engine.Tell(Address(1000 + found.Count), new ChannelRequest.Publish(default, default, null) { Producer = ProducerId.FromStore("p"), Sequence = 1 });
            if (found.Count > 100_000)
            {
                break;
            }
        }

        found.Distinct().Count().ShouldBe(found.Count);
        Enumerable.Range(0, 1000).Select(Address).Except(found).ShouldBeEmpty();

        static EntityAddress Address(int i) => new(EntityKind.Channel, $"tally:{i}");
    }

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
