using Realtime.Client;
using Realtime.Node.Configuration;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster;

/// <summary>The failure modes of the design that one machine can produce, one by one, each with what has to come of it.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class FailureModeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly StageOptions One = new();
    private static readonly StageOptions Two = new() { Nodes = 2 };

    [Fact]
    public async Task A_database_that_is_down_stops_durable_publishes_and_nothing_else()
    {
        var store = await PostgresStageStore.StartAsync();
        await using var stage = await ClusterStage.StartAsync(One, store);
        await using var client = await ConnectAsync(stage);
        await client.PublishAsync("mem:0", "before").Within("a publish to memory");
        await client.PublishAsync("log:0", "before").Within("a durable publish");

        await store.Server.StopAsync();
        await client.PublishAsync("mem:0", "during").Within("a publish to memory while the database is down");
        var refused = await Should.ThrowAsync<RealtimeException>(() => client.PublishAsync("log:0", "during", new PublishOptions { ExactlyOnce = false }).Within("a durable publish to be refused"));
        refused.Code.ShouldBeOneOf(ErrorCodes.Unavailable, ErrorCodes.Timeout);
        client.State.ShouldBe(ClientState.Connected);
        await ClusterStage.UntilAsync(async () => !await stage.Nodes[0].IsReadyAsync(), Limit, "the node to be unready");
        await using (var newcomer = await ConnectAsync(stage))
        {
            newcomer.State.ShouldBe(ClientState.Connected, "sessions open without the store");
        }

        await store.Server.StartAgainAsync();
        await client.PublishAsync("log:0", "after").Within("a durable publish after the outage");
        await stage.SettledAsync(Limit);
        client.State.ShouldBe(ClientState.Connected, stage.Output);
    }

    [Fact]
    public async Task A_node_that_stood_still_for_longer_than_its_right_to_write_goes_on()
    {
        await using var stage = await ClusterStage.StartAsync(One, await PostgresStageStore.StartAsync());
        await using var client = await ConnectAsync(stage);
        var places = await PublishEverywhereAsync(client);

        await stage.Nodes[0].PauseAsync();
        await Task.Delay(One.LongPause, TimeProvider.System, TestContext.Current.CancellationToken);
        await stage.Nodes[0].ResumeAsync();

        FollowsOn(places, await PublishEverywhereAsync(client));
        stage.Nodes[0].Condition.ShouldBe(NodeCondition.Up);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_node_that_is_started_again_at_once_has_everything_and_nothing_is_lost(bool onPostgres)
    {
        await using var stage = await ClusterStage.StartAsync(One, onPostgres ? await PostgresStageStore.StartAsync() : new SqliteStageStore());
        await using var client = await ConnectAsync(stage);
        var places = await PublishEverywhereAsync(client);

        await stage.Nodes[0].KillAsync();
        await stage.Nodes[0].StartAsync();

        FollowsOn(places, await PublishEverywhereAsync(client));
    }

    [Fact]
    public async Task A_second_process_on_the_file_of_a_node_is_refused()
    {
        await using var stage = await ClusterStage.StartAsync(One, new SqliteStageStore());
        await RefusedAsync(stage, ExitCodes.StoreInUse, "in use by another process");
    }

    [Fact]
    public async Task A_second_process_of_a_living_node_s_name_is_refused()
    {
        await using var stage = await ClusterStage.StartAsync(One, await PostgresStageStore.StartAsync());
        await RefusedAsync(stage, ExitCodes.NameInUse, "is in use by another process");
        await stage.SettledAsync(Limit);
    }

    /// <summary>A cluster of two goes on whichever is lost: either alone decides, because it reaches the store.</summary>
    [Fact]
    public async Task Either_of_two_goes_on_alone_and_both_come_back_from_nothing()
    {
        await using var stage = await ClusterStage.StartAsync(Two, await PostgresStageStore.StartAsync());
        await using var client = await ConnectAsync(stage);
        var places = await PublishEverywhereAsync(client);
        foreach (var node in stage.Nodes)
        {
            await node.KillAsync();
            var after = await PublishEverywhereAsync(client);
            FollowsOn(places, after);
            places = after;
            await node.StartAsync();
            await stage.SettledAsync(Long);
        }

        await Task.WhenAll(stage.Nodes.Select(node => node.KillAsync()));
        await Task.WhenAll(stage.Nodes.Select(node => node.StartAsync()));
        FollowsOn(places, await PublishEverywhereAsync(client));
        await stage.SettledAsync(Long);
    }

    private static void FollowsOn(Dictionary<string, Position> before, Dictionary<string, Position> after)
    {
        foreach (var (channel, place) in before)
        {
            after[channel].ShouldBe(place with { Offset = place.Offset + 1 });
        }
    }

    private static async Task RefusedAsync(ClusterStage stage, int code, string named, params KeyValuePair<string, string>[] changes)
    {
        await using var second = stage.Nodes[0].LaunchAnother(changes);
        (await second.ExitAsync()).ShouldBe(code, string.Join('\n', [.. second.Output, .. second.Faults]));
        string.Join('\n', [.. second.Output, .. second.Faults]).ShouldContain(named);
    }

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
