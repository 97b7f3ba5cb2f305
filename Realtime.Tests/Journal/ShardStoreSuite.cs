using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>What every cluster store must do with shards: each has one owner at most, and an epoch that no other owner ever had.</summary>
public abstract class ShardStoreSuite : IAsyncLifetime
{
    /// <summary>Shards of the cluster that each test starts with.</summary>
    protected const int Shards = 8;

    internal ShardStoreSuite(StoreCase store) => Case = store;

    internal StoreCase Case { get; }

    private protected IClusterStore Store => Case.Cluster;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await Case.StartAsync();
        await Store.FoundAsync(Shards);
    }

    public ValueTask DisposeAsync() => Case.DisposeAsync();

    [Fact]
    public async Task A_new_clusters_shards_are_free_and_were_never_owned()
    {
        var view = await Store.ViewAsync();

        view.Version.ShouldBeGreaterThan(0);
        view.StoreEpoch.ShouldBe(Case.Identity.StoreEpoch);
        view.ShardCount.ShouldBe(Shards);
        view.Nodes.ShouldBeEmpty();
        view.Shards.OrderBy(row => row.Shard.Value).ShouldBe(Enumerable.Range(0, Shards).Select(i => new ShardRow(new ShardId(i), 0, default)));
    }

    [Fact]
    public async Task Only_free_shards_are_acquired_and_each_gets_the_next_epoch()
    {
        var a = await Store.JoinAsync("a");
        var b = await Store.JoinAsync("b");
        var before = await Store.VersionAsync();

        var first = await Store.AcquireAsync(a, 1, 2, 3);
        var second = await Store.AcquireAsync(b, 3, 4, 4, 1);

        (first.Allowed, first.Version).ShouldBe((true, before + 1));
        first.Shards.OrderBy(row => row.Shard.Value).ShouldBe([Row(1, 1, a), Row(2, 1, a), Row(3, 1, a)]);
        (second.Allowed, second.Version).ShouldBe((true, before + 2));
        second.Shards.ShouldBe([Row(4, 1, b)]);
        (await Store.ShardAsync(3)).ShouldBe(Row(3, 1, a));
    }

    [Fact]
    public async Task Acquiring_nothing_is_allowed_and_no_change()
    {
        var a = await Store.JoinAsync("a");
        var b = await Store.JoinAsync("b");
        await Store.AcquireAsync(a, 1);
        var before = await Store.VersionAsync();

        foreach (var grant in new[] { await Store.AcquireAsync(b, 1), await Store.AcquireAsync(a, 1), await Store.AcquireAsync(b), await Store.AcquireAsync(b, Shards, -1) })
        {
            (grant.Allowed, grant.Version, grant.Shards.Count).ShouldBe((true, before, 0));
        }

        (await Store.VersionAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task The_dead_acquire_nothing()
    {
        var a = await Store.JoinAsync("a");
        await Store.LeaveAsync(a, Cancellation);
        var before = await Store.VersionAsync();

        (await Store.AcquireAsync(a, 1)).ShouldSatisfyAllConditions(grant => grant.Allowed.ShouldBeFalse(), grant => grant.Shards.ShouldBeEmpty());
        (await Store.AcquireAsync(new Incarnation(a.Value + 1_000), 1)).Allowed.ShouldBeFalse();
        (await Store.VersionAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_dead_nodes_shards_go_to_the_next_with_an_epoch_of_their_own()
    {
        var a = await Store.JoinAsync("a");
        var b = await Store.JoinAsync("b");
        await Store.AcquireAsync(a, 1, 2);
        (await Store.EvictAsync(b, a, 0)).ShouldBeTrue();

        var taken = await Store.AcquireAsync(b, 1, 2);

        taken.Shards.OrderBy(row => row.Shard.Value).ShouldBe([Row(1, 3, b), Row(2, 3, b)]);
    }

    [Fact]
    public async Task Of_three_nodes_that_acquire_at_once_each_shard_goes_to_exactly_one()
    {
        var second = (IClusterStore)await Case.SecondAsync();
        Incarnation[] nodes = [await Store.JoinAsync("a"), await Store.JoinAsync("b"), await second.JoinAsync("c")];
        var all = Enumerable.Range(0, Shards).ToArray();
        var epochs = new HashSet<(int, long)>();
        for (var round = 0; round < 6; round++)
        {
            var before = await Store.VersionAsync();
            var grants = await Task.WhenAll(nodes.Select((node, i) => Task.Run(async () =>
            {
                var rows = new List<ShardRow>();
                var changes = 0;

                // One by one and from different ends, so that each has a chance to win some.
                foreach (var shard in all.Select(shard => (shard + (i * 3)) % Shards))
                {
                    var grant = await (i == 2 ? second : Store).AcquireAsync(node, shard);
                    rows.AddRange(grant.Shards);
                    changes += grant.Shards.Count;
                }

                return (Rows: rows, Changes: changes);
            })));

            var rows = grants.SelectMany(grant => grant.Rows).ToList();
            rows.Numbers().ShouldBe(all, $"round {round}");
            rows.ShouldAllBe(row => epochs.Add(new(row.Shard.Value, row.Epoch)));
            var view = await Store.ViewAsync();
            view.Version.ShouldBe(before + grants.Sum(grant => grant.Changes), "every change raises the version by one");
            view.Shards.OrderBy(row => row.Shard.Value).ShouldBe(rows.OrderBy(row => row.Shard.Value));

            // All die, and other lives go for the same shards.
            for (var i = 0; i < nodes.Length; i++)
            {
                await Store.LeaveAsync(nodes[i], Cancellation);
                nodes[i] = await Store.JoinAsync($"{(char)('a' + i)}", boot: round + 2);
            }
        }
    }

    [Fact]
    public async Task A_batch_is_handed_off_in_one_change()
    {
        var a = await Store.JoinAsync("a");
        var b = await Store.JoinAsync("b");
        ShardFence[] mine = [await Store.OwnAsync(a, 1), await Store.OwnAsync(a, 2), await Store.OwnAsync(a, 3)];
        var before = await Store.VersionAsync();

        var grant = await Store.HandOffAsync(a, b, mine[0], mine[2]);

        (grant.Allowed, grant.Version).ShouldBe((true, before + 1));
        grant.Shards.OrderBy(row => row.Shard.Value).ShouldBe([Row(1, 2, b), Row(3, 2, b)]);
        (await Store.ShardAsync(2)).ShouldBe(Row(2, 1, a));
    }

    [Fact]
    public async Task A_hand_off_that_does_not_match_owner_and_epoch_changes_nothing_and_stops_no_other()
    {
        var a = await Store.JoinAsync("a");
        var b = await Store.JoinAsync("b");
        var mine = await Store.OwnAsync(a, 1);
        var old = await Store.OwnAsync(a, 2);
        var theirs = await Store.OwnAsync(b, 3);
        await Store.HandOffAsync(a, b, old);
        var before = await Store.VersionAsync();

        var nothing = await Store.HandOffAsync(
            a, b, old, theirs, theirs with { Owner = a }, mine with { Epoch = 2 }, mine with { Epoch = 0 }, new(new ShardId(Shards), 0, a), new(new ShardId(5), 0, a));

        (nothing.Allowed, nothing.Version, nothing.Shards.Count).ShouldBe((true, before, 0));
        (await Store.VersionAsync()).ShouldBe(before);

        (await Store.HandOffAsync(a, b, old, mine, theirs with { Owner = a })).Shards.ShouldBe([Row(1, 2, b)]);
        (await Store.HandOffAsync(a, b, mine)).Shards.ShouldBeEmpty("it has been given away");
        (await Store.VersionAsync()).ShouldBe(before + 1);
    }

    [Fact]
    public async Task Nothing_is_handed_to_the_dead_or_by_them()
    {
        var a = await Store.JoinAsync("a");
        var dead = await Store.JoinAsync("b");
        var mine = await Store.OwnAsync(a, 1);
        var lost = await Store.OwnAsync(dead, 2);
        await Store.LeaveAsync(dead, Cancellation);
        var before = await Store.VersionAsync();

        (await Store.HandOffAsync(a, dead, mine)).Allowed.ShouldBeFalse();
        (await Store.HandOffAsync(dead, a, lost)).Allowed.ShouldBeFalse();

        (await Store.VersionAsync()).ShouldBe(before);
        (await Store.ShardAsync(1)).ShouldBe(Row(1, 1, a));
    }

    [Fact]
    public async Task A_view_has_what_changed_since_and_all_who_live()
    {
        var a = await Store.JoinAsync("a");
        await Store.AcquireAsync(a, 1, 2);
        var since = await Store.VersionAsync();
        var b = await Store.JoinAsync("b");
        await Store.AcquireAsync(b, 3);
        var fence = new ShardFence(new ShardId(1), 1, a);
        await Store.HandOffAsync(a, b, fence);
        Store.Beat(a, 5, load: 17);

        var delta = await Store.ViewAsync(since, Cancellation);

        delta.Version.ShouldBe(since + 3);
        delta.Nodes.Select(node => (node.Incarnation, node.Heartbeat, node.Load)).ShouldBe([(a, 5L, 17), (b, 0L, 0)]);
        delta.Shards.OrderBy(row => row.Shard.Value).ShouldBe([Row(1, 2, b), Row(3, 1, b)]);
        (await Store.ViewAsync(delta.Version, Cancellation)).Shards.ShouldBeEmpty();
        (await Store.ViewAsync()).Shards.Count.ShouldBe(Shards);
    }

    [Fact]
    public async Task What_one_handle_changes_the_other_sees_at_once()
    {
        var second = (IClusterStore)await Case.SecondAsync();
        var a = await Store.JoinAsync("a");
        var b = await second.JoinAsync("b");

        (await Store.AcquireAsync(a, 1)).Shards.Numbers().ShouldBe([1]);
        (await second.AcquireAsync(b, 1, 2)).Shards.Numbers().ShouldBe([2]);
        Store.Beat(a, 4);
        second.Beat(b, 1, watch: a).Watched.ShouldBe([new(a, 4)]);
        (await second.EvictAsync(b, a, 4)).ShouldBeTrue();
        Store.Beat(a, 5).Alive.ShouldBeFalse();
        (await Store.ViewAsync()).Nodes.Select(node => node.Incarnation).ShouldBe([b]);
    }

    private static ShardRow Row(int shard, long epoch, Incarnation owner) => new(new ShardId(shard), epoch, owner);
}
