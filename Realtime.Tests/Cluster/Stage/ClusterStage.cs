using System.Net;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>A cluster of real processes on one store, every way between them through a proxy.</summary>
internal sealed class ClusterStage : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private ClusterStage(StageOptions options, StageStore store)
    {
        Options = options;
        Store = store;
        Network = options.Nodes > 1 ? new StageNetwork() : null;
        Nodes = [.. Enumerable.Range(0, options.Nodes).Select(i => new StageNode(((char)('a' + i)).ToString(), options, store, Network))];
        FrontDoor = new TcpProxy([.. Nodes.Select(node => node.Endpoint)]);
    }

    public StageOptions Options { get; }

    public StageStore Store { get; }

    public IReadOnlyList<StageNode> Nodes { get; }

    /// <summary>The ways between the nodes; null: there is one node.</summary>
    public StageNetwork? Network { get; }

    /// <summary>The load balancer that knows nothing.</summary>
    public TcpProxy FrontDoor { get; }

    public Uri Url => new($"ws://{FrontDoor.Endpoint}");

    /// <summary>The living node that has served for the longest; what a cluster has only one of is there.</summary>
    public StageNode Oldest => Nodes.Where(node => node.Condition == NodeCondition.Up).MinBy(node => node.Since) ?? Nodes[0];

    /// <summary>Everything all nodes have said.</summary>
    public string Output => string.Join('\n', Nodes.Select(node => $"--- {node.Name}\n{string.Join('\n', node.Output)}"));

    /// <summary>Ends when every node serves.</summary>
    public static async Task<ClusterStage> StartAsync(StageOptions options, StageStore store)
    {
        var stage = new ClusterStage(options, store);
        try
        {
            await stage.Nodes[0].StartAsync();
            await store.WatchAsync();
            await Task.WhenAll(stage.Nodes.Skip(1).Select(node => node.StartAsync()));
            await stage.SettledAsync(TimeSpan.FromSeconds(60));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every node takes clients.</summary>
    public Task<TimeSpan> SettledAsync(TimeSpan limit) => UntilAsync(
        async () => (await Task.WhenAll(Nodes.Select(node => node.IsReadyAsync()))).All(ready => ready), limit, "every node to be ready");

    /// <summary>Lets every way pass, and every process run.</summary>
    public async Task HealAsync()
    {
        foreach (var proxy in Nodes.SelectMany(node => new[] { node.Clients, node.Store }).Append(FrontDoor).OfType<TcpProxy>())
        {
            proxy.Heal();
        }

        Network?.Heal();
        foreach (var node in Nodes.Where(node => node.Condition == NodeCondition.Paused))
        {
            await node.ResumeAsync();
        }

        await Task.WhenAll(Nodes.Where(node => node.Condition == NodeCondition.Down).Select(node => node.StartAsync()));
    }

    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds} s in vain for {what}.");
            }

            await Task.Delay(Look, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        await FrontDoor.DisposeAsync();
        await Task.WhenAll(Nodes.Select(node => node.DisposeAsync().AsTask()));
        await (Network?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Store.DisposeAsync();
    }
}
