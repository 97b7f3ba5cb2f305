using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>What every cluster store must do: here the nodes, in the suite it builds on the shards. An implementation's class is a constructor.</summary>
public abstract class ClusterStoreSuite : ShardStoreSuite
{
    internal ClusterStoreSuite(StoreCase store)
        : base(store)
    {
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Founding_again_changes_nothing()
    {
        var self = await Store.JoinAsync("a");
        await Store.AcquireAsync(self, 1);
        var before = await Store.ViewAsync();

        await Store.FoundAsync(Shards);

        var after = await Store.ViewAsync();
        (after.Version, after.ShardCount).ShouldBe((before.Version, Shards));
        after.Shards.OrderBy(row => row.Shard.Value).ShouldBe(before.Shards.OrderBy(row => row.Shard.Value));
    }

    [Theory]
    [InlineData(Shards + 1, 1, "8 shards")]
    [InlineData(Shards - 1, 1, "8 shards")]
    [InlineData(Shards, 2, "protocol")]
    [InlineData(Shards, 0, "protocol")]
    public async Task A_node_of_another_cluster_is_refused(int shards, int protocol, string why)
    {
        var fault = await Should.ThrowAsync<StoreFaultException>(async () => await Store.FoundAsync(shards, protocol));

        fault.Fault.ShouldBe(StoreFault.OtherCluster);
        fault.Message.ShouldContain(why);
        fault.Message.ShouldContain(((IStore)Store).Description);
        (await Store.ViewAsync()).ShardCount.ShouldBe(Shards);
    }

    [Fact]
    public async Task A_cluster_that_many_found_at_once_has_its_shards_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.FoundAsync(Shards))));

        (await Store.ViewAsync()).Shards.Numbers().ShouldBe(Enumerable.Range(0, Shards));
    }

    [Fact]
    public async Task A_joined_node_is_found_with_all_it_said_of_itself()
    {
        var full = ClusterSteps.Profile("a");
        var bare = new NodeProfile(new NodeId("b"), ClusterSteps.Boot(2), "10.0.0.2:7000", null, null, 1, 1);
        var before = await Store.VersionAsync();

        var first = await Store.JoinAsync(full, null, Cancellation);
        var second = await Store.JoinAsync(bare, null, Cancellation);

        (first.Version, second.Version).ShouldBe((before + 1, before + 2));
        second.Incarnation.ShouldBeGreaterThan(first.Incarnation);
        (await Store.FindAsync("a")).ShouldBe(new NodeRow(first.Incarnation, full, NodeStatus.Active, 0, 0));
        (await Store.FindAsync("b")).ShouldBe(new NodeRow(second.Incarnation, bare, NodeStatus.Active, 0, 0));
        (await Store.FindAsync("c")).ShouldBeNull();
        (await Store.ViewAsync()).Nodes.Select(node => node.Incarnation).ShouldBe([first.Incarnation, second.Incarnation]);
    }

    [Fact]
    public async Task A_living_name_is_refused_to_whoever_has_not_seen_it_stand_still()
    {
        var living = await Store.JoinAsync("a");
        var other = await Store.JoinAsync("b");
        var seen = (await Store.FindAsync("a"))!;
        var otherRow = await Store.FindAsync("b");
        Store.Beat(living, 1).Alive.ShouldBeTrue();
        var before = await Store.VersionAsync();
        var again = ClusterSteps.Profile("a", boot: 2);

        (await Store.JoinAsync(again, null, Cancellation)).Incarnation.IsNone.ShouldBeTrue("not looked at");
        (await Store.JoinAsync(again, seen, Cancellation)).Incarnation.IsNone.ShouldBeTrue("its heartbeat has moved");
        (await Store.JoinAsync(again, otherRow, Cancellation)).Incarnation.IsNone.ShouldBeTrue("another node was looked at");
        (await Store.JoinAsync(again, seen with { Incarnation = other, Heartbeat = 1 }, Cancellation)).Incarnation.IsNone.ShouldBeTrue("another life was looked at");

        (await Store.VersionAsync()).ShouldBe(before);
        Store.Beat(living, 2).Alive.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_takes_a_silent_nodes_name_over_frees_its_shards_and_is_another_incarnation()
    {
        var old = await Store.JoinAsync("a");
        var other = await Store.JoinAsync("b");
        await Store.AcquireAsync(old, 0, 1);
        await Store.AcquireAsync(other, 2);
        Store.Beat(old, 5);
        var before = await Store.VersionAsync();

        var joined = await Store.JoinAsync(ClusterSteps.Profile("a", boot: 2), await Store.FindAsync("a"), Cancellation);

        joined.Incarnation.ShouldBeGreaterThan(other);
        joined.Version.ShouldBe(before + 1);
        Store.Beat(old, 6).Alive.ShouldBeFalse();
        Store.Beat(joined.Incarnation, 1, boot: 2).Alive.ShouldBeTrue();
        var view = await Store.ViewAsync(before, Cancellation);
        view.Nodes.Select(node => node.Incarnation).ShouldBe([other, joined.Incarnation]);
        view.Shards.OrderBy(row => row.Shard.Value).ShouldBe([new ShardRow(new ShardId(0), 2, default), new ShardRow(new ShardId(1), 2, default)]);
        (await Store.AcquireAsync(old, 3)).Allowed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_name_whose_node_has_left_is_free()
    {
        var first = await Store.JoinAsync("a");
        await Store.LeaveAsync(first, Cancellation);

        (await Store.JoinAsync("a")).ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task A_heartbeat_moves_the_counter_and_only_forwards()
    {
        var self = await Store.JoinAsync("a");
        var version = await Store.VersionAsync();

        var result = Store.Beat(self, 7, load: 42);

        (result.Alive, result.Version).ShouldBe((true, version));
        result.StoreEpoch.ShouldBe(Case.Identity.StoreEpoch);
        result.Watched.ShouldBeEmpty();

        // One that comes late, or again because its answer was lost, is no news, and no death.
        Store.Beat(self, 6, load: 1).Alive.ShouldBeTrue();
        Store.Beat(self, 7, load: 1).Alive.ShouldBeTrue();
        var row = (await Store.FindAsync("a"))!;
        (row.Heartbeat, row.Load).ShouldBe((7, 42));
        (await Store.VersionAsync()).ShouldBe(version, "a heartbeat is no change of the view");
    }

    [Fact]
    public async Task A_heartbeat_of_another_life_says_dead_and_moves_nothing()
    {
        var self = await Store.JoinAsync("a");

        Store.Beat(self, 1, boot: 2).Alive.ShouldBeFalse("the store gave this incarnation out to another boot");
        Store.Beat(new Incarnation(self.Value + 1_000), 1).Alive.ShouldBeFalse("nobody has this incarnation");

        (await Store.FindAsync("a"))!.Heartbeat.ShouldBe(0);
    }

    [Fact]
    public async Task A_heartbeat_reads_the_counters_of_the_watched_that_live()
    {
        var a = await Store.JoinAsync("a");
        var b = await Store.JoinAsync("b");
        var c = await Store.JoinAsync("c");
        var gone = await Store.JoinAsync("d");
        Store.Beat(b, 3);
        Store.Beat(c, 9);
        await Store.LeaveAsync(gone, Cancellation);

        var watched = Store.Beat(a, 1, watch: [b, gone, a]).Watched;

        watched.OrderBy(pair => pair.Key).ShouldBe([new(a, 1), new(b, 3)]);
    }

    [Fact]
    public async Task Eviction_takes_evidence()
    {
        var self = await Store.JoinAsync("a");
        var victim = await Store.JoinAsync("b");
        await Store.AcquireAsync(victim, 4, 5);
        Store.Beat(victim, 3);
        var before = await Store.VersionAsync();

        (await Store.EvictAsync(self, victim, 2)).ShouldBeFalse("its heartbeat has moved");
        (await Store.EvictAsync(self, victim, 4)).ShouldBeFalse("nobody can have seen this");
        (await Store.EvictAsync(self, new Incarnation(victim.Value + 1_000), 0)).ShouldBeFalse("there is no such node");
        (await Store.VersionAsync()).ShouldBe(before);
        Store.Beat(victim, 3).Alive.ShouldBeTrue();

        (await Store.EvictAsync(self, victim, 3)).ShouldBeTrue();

        (await Store.VersionAsync()).ShouldBe(before + 1);
        Store.Beat(victim, 4).Alive.ShouldBeFalse();
        (await Store.FindAsync("b")).ShouldBeNull();
        (await Store.ShardAsync(4)).ShouldBe(new ShardRow(new ShardId(4), 2, default));
        (await Store.EvictAsync(self, victim, 3)).ShouldBeFalse("it is dead already");
        (await Store.VersionAsync()).ShouldBe(before + 1);
    }

    [Fact]
    public async Task The_dead_evict_nobody()
    {
        var dead = await Store.JoinAsync("a");
        var other = await Store.JoinAsync("b");
        await Store.LeaveAsync(dead, Cancellation);

        (await Store.EvictAsync(dead, other, 0)).ShouldBeFalse();
        Store.Beat(other, 1).Alive.ShouldBeTrue();
    }

    [Fact]
    public async Task A_draining_node_lives_and_evicts_but_takes_no_shards()
    {
        var self = await Store.JoinAsync("a");
        var other = await Store.JoinAsync("b");
        var mine = await Store.OwnAsync(self, 0);
        var theirs = await Store.OwnAsync(other, 1);
        var before = await Store.VersionAsync();

        (await Store.DrainAsync(self, true, Cancellation)).ShouldBeTrue();
        (await Store.DrainAsync(self, true, Cancellation)).ShouldBeTrue();

        (await Store.VersionAsync()).ShouldBe(before + 1, "draining twice is one change");
        (await Store.FindAsync("a"))!.Status.ShouldBe(NodeStatus.Draining);
        Store.Beat(self, 1).Alive.ShouldBeTrue();
        (await Store.AcquireAsync(self, 2)).ShouldSatisfyAllConditions(grant => grant.Allowed.ShouldBeFalse(), grant => grant.Shards.ShouldBeEmpty());
        (await Store.HandOffAsync(other, self, theirs)).Allowed.ShouldBeFalse();
        (await Store.HandOffAsync(self, other, mine)).Shards.Numbers().ShouldBe([0]);

        (await Store.DrainAsync(self, false, Cancellation)).ShouldBeTrue();
        (await Store.AcquireAsync(self, 2)).Shards.Numbers().ShouldBe([2]);
        await Store.DrainAsync(self, true, Cancellation);
        (await Store.EvictAsync(self, other, 0)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_last_that_takes_shards_is_not_drained_unless_it_insists()
    {
        var (a, b) = (await Store.JoinAsync("a"), await Store.JoinAsync("b"));
        var before = await Store.VersionAsync();

        (await Store.DrainUnlessLastAsync(a, Cancellation)).ShouldBe(DrainResult.Draining);
        (await Store.VersionAsync()).ShouldBe(before + 1);
        (await Store.DrainUnlessLastAsync(b, Cancellation)).ShouldBe(DrainResult.Last);
        (await Store.DrainUnlessLastAsync(a, Cancellation)).ShouldBe(DrainResult.Draining, "it drains already");

        (await Store.FindAsync("a"))!.Status.ShouldBe(NodeStatus.Draining);
        (await Store.FindAsync("b"))!.Status.ShouldBe(NodeStatus.Active);
        (await Store.VersionAsync()).ShouldBe(before + 1, "neither refusing nor repeating is a change");
        (await Store.DrainAsync(b, true, Cancellation)).ShouldBeTrue("a process that ends does not ask");
        await Store.LeaveAsync(a, Cancellation);
        (await Store.DrainUnlessLastAsync(a, Cancellation)).ShouldBe(DrainResult.Dead);
    }

    [Fact]
    public async Task Of_the_last_two_that_are_drained_at_once_one_goes_on()
    {
        var (a, b) = (await Store.JoinAsync("a"), await Store.JoinAsync("b"));
        for (var round = 0; round < 10; round++)
        {
            var results = await Task.WhenAll(new[] { a, b }.Select(node => Task.Run(async () => await Store.DrainUnlessLastAsync(node, Cancellation))));
            results.ShouldBe([DrainResult.Draining, DrainResult.Last], ignoreOrder: true, $"round {round}");
            await Store.DrainAsync(a, false, Cancellation);
            await Store.DrainAsync(b, false, Cancellation);
        }
    }

    [Fact]
    public async Task Who_leaves_frees_what_it_owned_and_stays_dead()
    {
        var self = await Store.JoinAsync("a");
        await Store.AcquireAsync(self, 0, 7);
        var before = await Store.VersionAsync();

        await Store.LeaveAsync(self, Cancellation);
        await Store.LeaveAsync(self, Cancellation);

        var view = await Store.ViewAsync(before, Cancellation);
        view.Version.ShouldBe(before + 1, "leaving twice is one change");
        view.Nodes.ShouldBeEmpty();
        view.Shards.OrderBy(row => row.Shard.Value).ShouldBe([new ShardRow(new ShardId(0), 2, default), new ShardRow(new ShardId(7), 2, default)]);
        Store.Beat(self, 1).Alive.ShouldBeFalse();
        (await Store.DrainAsync(self, false, Cancellation)).ShouldBeFalse();
        (await Store.FindAsync("a")).ShouldBeNull();
    }
}
