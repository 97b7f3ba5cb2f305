using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Memory;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sharding;

public sealed class ClusterEngineTests : IAsyncLifetime
{
    private const int Shards = 32;

    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly Wires _wires = new();
    private readonly Witness _witness = new();
    private readonly List<EngineNode> _nodes = [];
    private readonly List<Asker> _askers = [];
    private readonly CancellationTokenSource _stop = new();

    public async ValueTask InitializeAsync() => await _store.OpenAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await _store.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Nodes_that_join_share_all_shards_and_each_reaches_every_entity()
    {
        var (a, b, c) = (await JoinAsync("a"), await JoinAsync("b"), await JoinAsync("c"));
        await BalancedAsync(a, b, c);

        foreach (var node in _nodes)
        {
            await AskAsync(node, 40);
        }

        _witness.SawTwoOwners.ShouldBeFalse();
    }

    [Fact]
    public async Task A_node_that_joins_under_load_takes_entities_with_their_state_and_no_answer_is_lost_or_out_of_order()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        await BalancedAsync(a, b);
        Load(a, b);

        var c = await JoinAsync("c");
        await BalancedAsync(a, b, c);

        await EndLoadAsync();
        EveryAnswerIsRight();
    }

    [Fact]
    public async Task A_node_that_drains_under_load_loses_nothing()
    {
        var (a, b, c) = (await JoinAsync("a"), await JoinAsync("b"), await JoinAsync("c"));
        await BalancedAsync(a, b, c);
        Load(a, b, c);

        await c.Engine.DrainAsync(TestContext.Current.CancellationToken).Within("c to have given everything away");
        await Deadline.Until(() => c.Owned == 0, "c to see that it owns nothing");
        await EndLoadAsync();
        await c.Engine.LeaveAsync(TestContext.Current.CancellationToken).Within("c to leave");

        EveryAnswerIsRight();
        await Deadline.Until(() => a.Engine.View.Nodes.Length == 2, "a to see c gone");
    }

    [Fact]
    public async Task A_node_that_dies_is_replaced_and_the_others_are_told_whose_entities_they_must_look_after()
    {
        var (a, b, c) = (await JoinAsync("a"), await JoinAsync("b"), await JoinAsync("c"));
        await BalancedAsync(a, b, c);
        var lost = Enumerable.Range(0, Shards).Select(i => new ShardId(i)).Where(shard => a.Engine.View[shard].Owner == c.Self).ToArray();
        lost.ShouldNotBeEmpty();
        a.Adopted.Clear();
        b.Adopted.Clear();

        await c.DisposeAsync();

        await Deadline.Until(() => a.Owned + b.Owned == Shards, "the shards of c to be taken over");
        a.Adopted.Concat(b.Adopted).OrderBy(shard => shard.Value).ShouldBe(lost);
        await AskAsync(a, 40);
        await AskAsync(b, 40);
        _witness.SawTwoOwners.ShouldBeFalse();
    }

    [Fact]
    public async Task What_an_asker_asked_for_itself_is_not_asked_any_more_when_it_went_before_there_was_an_owner()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        await BalancedAsync(a, b);
        var orphan = Enumerable.Range(0, 1000).Select(i => new EntityAddress(EntityKind.Channel, $"orphan-{i}"))
            .First(address => a.Engine.View[a.Engine.View.ShardOf(address)].Owner == b.Self);
        await b.DisposeAsync();

        var (gone, living) = (new OneAnswer { IsGone = true }, new OneAnswer());
        a.Engine.Ask(orphan, new SessionRequest.Attach(a.Name, new ConnectionId(1), false, null), gone, 1);
        a.Engine.Ask(orphan, new SessionRequest.Attach(a.Name, new ConnectionId(2), false, null), living, 2);

        await living.Came.Task.Within("the one that still waits to be answered");
        _witness.Attached.ShouldBe([new ConnectionId(2)]);
        gone.Came.Task.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Requests_survive_the_loss_of_links_between_living_nodes()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        await BalancedAsync(a, b);
        Load(a, b);
        for (var i = 0; i < 5; i++)
        {
            var sent = _askers.Sum(asker => asker.Answers.Count);
            await Deadline.Until(() => _askers.Sum(asker => asker.Answers.Count) > sent + 500, "answers to come");
            _wires.Cut(a.Name, b.Name);
            _wires.Mend(a.Name, b.Name);
        }

        await EndLoadAsync();
        foreach (var asker in _askers)
        {
            asker.TwiceAnswered.ShouldBe(0);
            asker.Answers.Values.ShouldAllBe(reply => reply is ChannelReply.Published);
            _witness.Of(asker.Address, asker.Producer).Distinct().ShouldBe(Enumerable.Range(1, (int)asker.Sent).Select(i => (long)i), "repeats may come late, first handlings may not");
        }
    }

    [Fact]
    public async Task An_entity_whose_fence_is_refused_is_not_made_again_before_another_owner_is_known()
    {
        var a = await JoinAsync("a");
        await BalancedAsync(a);
        var refused = 0;
        var shard = a.Engine.View.ShardOf(Address(1));
        var epoch = a.Engine.View[shard].Epoch;
        _witness.IsFenced = right => right.Shard == shard && right.Epoch == epoch && Interlocked.Increment(ref refused) > 0;

        var asker = new Asker(a, Address(1), "a");
        a.Engine.Ask(asker.Address, new ChannelRequest.Publish(default, default, null) { Producer = asker.Producer, Sequence = 1 }, asker, 1);
        await Deadline.Until(() => Volatile.Read(ref refused) > 0, "the fence to be refused");
        var b = await JoinAsync("b");
        await _store.EvictAsync(b.Self, a.Self, (await _store.FindAsync(a.Name, TestContext.Current.CancellationToken))!.Heartbeat, TestContext.Current.CancellationToken);

        await Deadline.Until(() => asker.Answers.ContainsKey(1), "the answer of the next owner");
        asker.Answers[1].ShouldBeOfType<ChannelReply.Published>();
        refused.ShouldBeLessThan(3);
    }

    private async Task<EngineNode> JoinAsync(string name)
    {
        var node = new EngineNode(name, _store, _wires, _witness, Shards);
        _nodes.Add(node);
        await node.JoinAsync();
        return node;
    }

    private static Task BalancedAsync(params EngineNode[] nodes) => Deadline.Until(
        () => nodes.All(node => nodes.Sum(other => node.Engine.View.Shards.Count(row => row.Owner == other.Self)) == Shards
            && node.Owned > Shards / nodes.Length / 3
            && node.Engine.View.Nodes.Length == nodes.Length),
        "the shards to be spread");

    private async Task AskAsync(EngineNode node, int entities)
    {
        for (var i = 0; i < entities; i++)
        {
            var asker = new Asker(node, Address(i), $"{node.Name}-{i}");
            node.Engine.Ask(
                asker.Address, new ChannelRequest.Publish(default, default, null) { Producer = asker.Producer, Sequence = 1 }, asker, 1);
            await Deadline.Until(() => asker.Answers.ContainsKey(1), $"the answer of entity {i} to {node.Name}");
            asker.Answers[1].ShouldBeOfType<ChannelReply.Published>();
        }
    }

    private void Load(params EngineNode[] nodes)
    {
        foreach (var node in nodes)
        {
            for (var i = 0; i < 12; i++)
            {
                var asker = new Asker(node, Address(i), $"load-{node.Name}-{i}");
                _askers.Add(asker);
                _ = Task.Run(() => asker.RunAsync(_stop.Token));
            }
        }
    }

    private async Task EndLoadAsync()
    {
        await _stop.CancelAsync();
        foreach (var asker in _askers)
        {
            await asker.Done.Within("the last answers");
        }
    }

    private void EveryAnswerIsRight()
    {
        _witness.SawTwoOwners.ShouldBeFalse();
        foreach (var asker in _askers)
        {
            asker.Answers.Values.ShouldAllBe(reply => reply is ChannelReply.Published);
            asker.TwiceAnswered.ShouldBe(0);
            _witness.Of(asker.Address, asker.Producer).ShouldBe(Enumerable.Range(1, (int)asker.Sent).Select(i => (long)i));
        }

        foreach (var entity in _askers.GroupBy(asker => asker.Address))
        {
            // The count lives in memory only: had it begun anew anywhere, two answers would carry the same number.
            var counts = entity.SelectMany(asker => asker.Answers.Values.Cast<ChannelReply.Published>()).Select(reply => reply.Position!.Value.Offset).Order();
            counts.ShouldBe(Enumerable.Range(1, (int)entity.Sum(asker => asker.Sent)).Select(i => (long)i));
        }
    }

    private static EntityAddress Address(int i) => new(EntityKind.Channel, $"tally:{i}");
}
