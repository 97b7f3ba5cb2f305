using Realtime.Client;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Cluster.Stage;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Failures;

/// <summary>
/// One stage of three nodes for the tests of one collection, because it takes seconds to start; each test begins with <see cref="WellAsync"/>. Bounds of the
/// design are deadlines here, and twice as long: two cores carry everything.
/// </summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);
    private static readonly string[] Channels = [.. Enumerable.Range(0, 24).Select(i => $"log:{i}")];
    private ClusterStage? _stage;
    private int _verdicts;
    private int _exits;

    internal ClusterStage Stage => _stage!;

    internal StageNode A => Stage.Nodes[0];

    internal StageNode B => Stage.Nodes[1];

    internal StageNode C => Stage.Nodes[2];

    internal StageNetwork Network => Stage.Network!;

    internal PostgresStageStore Store => (PostgresStageStore)Stage.Store;

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Missing is null)
        {
            _stage = await ClusterStage.StartAsync(new StageOptions { Nodes = 3 }, await PostgresStageStore.StartAsync());
        }
    }

    public async ValueTask DisposeAsync() => await (_stage?.DisposeAsync() ?? ValueTask.CompletedTask);

    /// <summary>Undoes what a test before left, and waits until nothing is wrong any more.</summary>
    internal async Task WellAsync()
    {
        Required.OrSkip(PostgresServer.Missing);
        await Stage.HealAsync();
        await Stage.SettledAsync(Settling);
        await using var client = await ConnectAsync(A);
        await WriteAsync(client, Settling, "every channel to be writable before the test");
        _verdicts = (await Store.VerdictsAsync()).Count;
        _exits = Stage.Nodes.Sum(node => node.Exits.Count);
    }

    /// <summary>Since the test began; without those of a process against its predecessor.</summary>
    internal async Task<IReadOnlyList<Verdict>> VerdictsAsync() => [.. (await Store.VerdictsAsync()).Skip(_verdicts).Where(verdict => verdict.By != verdict.Node)];

    /// <summary>Nobody was declared dead, and nobody ended.</summary>
    internal async Task ShouldHaveLostNobodyAsync()
    {
        (await VerdictsAsync()).ShouldBeEmpty(Stage.Output);
        Stage.Nodes.Sum(node => node.Exits.Count).ShouldBe(_exits, Stage.Output);
    }

    /// <summary>A client that dials this node first, and any of the others when it is lost.</summary>
    internal async Task<RealtimeClient> ConnectAsync(StageNode node)
    {
        var client = new RealtimeClient(new RealtimeClientOptions { Url = new Uri($"ws://{node.Clients.Endpoint}"), ConnectTimeout = TimeSpan.FromSeconds(3) });
        await client.ConnectAsync().Within($"a client to connect to {node.Name}");
        client.Node.ShouldBe(node.Name);
        return client;
    }

    /// <summary>A publish on so many channels that every node owns some of them, each until it is taken.</summary>
    /// <returns>Where they are, and how long it took.</returns>
    internal static async Task<(Dictionary<string, Position> Places, TimeSpan Took)> WriteAsync(RealtimeClient client, TimeSpan limit, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            var places = await Task.WhenAll(Channels.Select(async channel => KeyValuePair.Create(channel, (await client.PublishAsync(channel, "hello"))!.Value)))
                .WaitAsync(limit, TimeProvider.System, TestContext.Current.CancellationToken);
            var took = TimeProvider.System.GetElapsedTime(start);
            TestContext.Current.TestOutputHelper!.WriteLine($"{took.TotalSeconds:0.0} s for {what}");
            return (places.ToDictionary(), took);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {limit.TotalSeconds} s in vain for {what}; the client is {client.State} on {client.Node}.");
        }
    }

    /// <summary>Nothing between two publishes was lost, and nothing was stored twice.</summary>
    internal static void FollowsOn(Dictionary<string, Position> before, Dictionary<string, Position> after)
    {
        foreach (var (channel, place) in before)
        {
            after[channel].ShouldBe(place with { Offset = place.Offset + 1 });
        }
    }
}
