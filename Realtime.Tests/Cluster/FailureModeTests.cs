using Realtime.Client;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster;

/// <summary>The failure modes of the design that one machine can produce, one by one, each with what has to come of it.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class FailureModeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly StageOptions Two = new() { Nodes = 2 };

    [Fact]
    public async Task A_database_that_is_down_for_all_changes_no_owner_and_evicts_nobody()
    {
        var store = await PostgresStageStore.StartAsync();
        await using var stage = await ClusterStage.StartAsync(Two, store, []);
        await stage.BalancedAsync(Limit);
        var before = await store.RowsAsync();
        await using var client = await ConnectAsync(stage);
        await client.PublishAsync("mem:0", "before").Within("a publish to memory");
        await client.PublishAsync("log:0", "before").Within("a durable publish");

        await store.Server.StopAsync();
        await SaidAsync(stage.Nodes[0], "this node is {Standing}", "Frozen");
        await SaidAsync(stage.Nodes[1], "this node is {Standing}", "Frozen");
        // Three times the self-fence time in all: longer than an eviction would have taken.
        await Task.Delay(Two.SelfFence * 2, TimeProvider.System, TestContext.Current.CancellationToken);
        await client.PublishAsync("mem:0", "during").Within("a publish to memory while the database is down");
        var refused = await Should.ThrowAsync<RealtimeException>(() => client.PublishAsync("log:0", "during", new PublishOptions { ExactlyOnce = false }).Within("a durable publish to be refused"));
        refused.Code.ShouldBeOneOf(ErrorCodes.Unavailable, ErrorCodes.Timeout);
        client.State.ShouldBe(ClientState.Connected);

        await store.Server.StartAgainAsync();
        await client.PublishAsync("log:0", "after").Within("a durable publish after the outage");
        await stage.SettledAsync(Limit);
        var after = await store.RowsAsync();
        after.Owners.ShouldBe(before.Owners, ignoreOrder: true, stage.Output);
        after.Nodes.ShouldBe(before.Nodes, ignoreOrder: true);
        (await store.DeathsAsync())!.ShouldBeEmpty(stage.Output);
    }

    [Fact]
    public async Task A_node_that_stood_still_for_longer_than_eviction_comes_back_as_another_incarnation()
    {
        var store = await PostgresStageStore.StartAsync();
        await using var stage = await ClusterStage.StartAsync(Two, store, []);
        await stage.BalancedAsync(Limit);
        var before = await store.RowsAsync();
        await using var client = await ConnectAsync(stage, stage.Nodes[0]);

        await stage.Nodes[1].PauseAsync();
        await ClusterStage.UntilAsync(async () => (await store.RowsAsync()) is var rows && !rows.Nodes.ContainsKey("b") && rows.Unowned.Count == 0, Limit, "the shards of the silent node to be taken over");
        await PublishEverywhereAsync(client);

        await stage.Nodes[1].ResumeAsync();
        await ClusterStage.UntilAsync(async () => (await store.RowsAsync()).Nodes.TryGetValue("b", out var incarnation) && incarnation > before.Nodes["b"], Limit, "the node to join again");
        await stage.BalancedAsync(Limit);
        await PublishEverywhereAsync(client);
        stage.Nodes[1].Condition.ShouldBe(NodeCondition.Up);
    }

    [Fact]
    public async Task A_node_that_only_the_store_cannot_hear_loses_its_shards_and_its_clients_go_on()
    {
        var store = await PostgresStageStore.StartAsync();
        await using var stage = await ClusterStage.StartAsync(Two, store, []);
        await stage.BalancedAsync(Limit);
        await using var client = await ConnectAsync(stage, stage.Nodes[1]);
        await PublishEverywhereAsync(client);

        stage.Nodes[1].Store!.Cut();
        await ClusterStage.UntilAsync(async () => (await store.RowsAsync()) is var rows && !rows.Nodes.ContainsKey("b") && rows.Unowned.Count == 0, Limit, "the shards of the node without a store to be taken over");
        await PublishEverywhereAsync(client);

        stage.Nodes[1].Store!.Heal();
        await stage.BalancedAsync(Limit);
        await PublishEverywhereAsync(client);
        (await store.DeathsAsync())!.ShouldAllBe(death => death.Node == "b");
    }

    [Fact]
    public async Task A_node_that_nobody_can_talk_to_keeps_its_lease()
    {
        var store = await PostgresStageStore.StartAsync();
        await using var stage = await ClusterStage.StartAsync(Two, store, []);
        await stage.BalancedAsync(Limit);
        var before = await store.RowsAsync();
        stage.Nodes[1].Peers.Cut();
        await Task.Delay(Two.Evict * 2, TimeProvider.System, TestContext.Current.CancellationToken);
        stage.Nodes[1].Peers.Resets.ShouldBeGreaterThan(0);
        stage.Nodes[1].Peers.Heal();

        (await store.RowsAsync()).Owners.ShouldBe(before.Owners, ignoreOrder: true);
        (await store.DeathsAsync())!.ShouldBeEmpty();
        await using var client = await ConnectAsync(stage, stage.Nodes[0]);
        await PublishEverywhereAsync(client);
    }

    [Fact]
    public async Task Commits_that_take_seconds_cost_no_lease()
    {
        var store = await PostgresStageStore.StartAsync();
        await using var stage = await ClusterStage.StartAsync(Two with { FaultPoints = "append-delay=1:1500" }, store, []);
        var before = await store.RowsAsync();
        await using var client = await ConnectAsync(stage);
        await PublishEverywhereAsync(client);
        (await store.DeathsAsync())!.ShouldBeEmpty(stage.Output);
        (await store.RowsAsync()).Nodes.ShouldBe(before.Nodes, ignoreOrder: true);
    }

    [Fact]
    public async Task A_killed_node_that_is_started_again_at_once_has_its_shards_back_and_nothing_is_lost()
    {
        var store = await PostgresStageStore.StartAsync();
        await using var stage = await ClusterStage.StartAsync(Two, store, []);
        await stage.BalancedAsync(Limit);
        await using var client = await ConnectAsync(stage, stage.Nodes[0]);
        var places = await PublishEverywhereAsync(client);

        await stage.Nodes[1].KillAsync();
        await stage.Nodes[1].StartAsync();
        await stage.BalancedAsync(Limit);
        var again = await PublishEverywhereAsync(client);
        foreach (var (channel, place) in places)
        {
            again[channel].ShouldBe(place with { Offset = place.Offset + 1 });
        }
    }

    [Fact]
    public async Task A_second_process_with_a_living_nodes_name_is_refused()
    {
        await using var stage = await ClusterStage.StartAsync(Two, new SqliteStageStore(), []);
        await RefusedAsync(stage, 13, "under the node name 'a'");
    }

    [Fact]
    public async Task A_second_process_with_a_living_nodes_name_is_refused_by_the_database()
    {
        await using var stage = await ClusterStage.StartAsync(Two, await PostgresStageStore.StartAsync(), []);
        await RefusedAsync(stage, 17, "a");
        stage.Nodes[0].Condition.ShouldBe(NodeCondition.Up);
        await stage.SettledAsync(Limit);
    }

    [Fact]
    public async Task A_node_that_counts_other_shards_is_refused()
    {
        await using var stage = await ClusterStage.StartAsync(Two, await PostgresStageStore.StartAsync(), []);
        await RefusedAsync(
            stage, 16, "128", new("REALTIME__NODE", "stranger"), new("REALTIME__CLUSTER__SHARDS", "128"));
    }

    [Fact]
    public async Task A_node_with_another_secret_is_not_talked_to()
    {
        await using var stage = await ClusterStage.StartAsync(Two, await PostgresStageStore.StartAsync(), []);
        await using var stranger = stage.Nodes[0].LaunchAnother(
            new("REALTIME__NODE", "stranger"), new("REALTIME__CLUSTER__PEERADVERTISEDPORT", "0"),
            new("REALTIME__CLUSTER__SECRET", "another secret, of somebody else"));
        await SaidAsync(stage.Nodes[0], "was refused for {Cause}", "stranger", "\"Secret\"");
    }

    private static async Task RefusedAsync(ClusterStage stage, int code, string named, params KeyValuePair<string, string>[] changes)
    {
        await using var second = stage.Nodes[0].LaunchAnother(changes);
        (await second.ExitAsync()).ShouldBe(code, string.Join('\n', [.. second.Output, .. second.Faults]));
        string.Join('\n', [.. second.Output, .. second.Faults]).ShouldContain(named);
    }

    /// <summary>A line of the node's log has all of this.</summary>
    private static Task SaidAsync(StageNode node, params string[] parts) => ClusterStage.UntilAsync(
        () => Task.FromResult(node.Output.Any(line => parts.All(part => line.Contains(part, StringComparison.Ordinal)))), Limit, $"{node.Name} to say '{string.Join("', '", parts)}'");

    /// <summary>On so many channels that every node owns some of them.</summary>
    private static async Task<Dictionary<string, Position>> PublishEverywhereAsync(RealtimeClient client)
    {
        var places = new Dictionary<string, Position>();
        foreach (var channel in Enumerable.Range(0, 8).Select(i => $"log:{i}"))
        {
            places[channel] = (await client.PublishAsync(channel, "hello").Within($"a publish on {channel}"))!.Value;
        }

        return places;
    }

    private static async Task<RealtimeClient> ConnectAsync(ClusterStage stage, StageNode? node = null)
    {
        var client = new RealtimeClient(new RealtimeClientOptions { Url = node is null ? stage.Url : new Uri($"ws://{node.Clients.Endpoint}"), ConnectTimeout = TimeSpan.FromSeconds(3) });
        await client.ConnectAsync().Within("a client to connect");
        return client;
    }
}
