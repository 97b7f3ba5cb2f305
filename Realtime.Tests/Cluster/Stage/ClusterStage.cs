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
        Lighthouses = [.. Enumerable.Range(1, options.Lighthouses).Select(i => new StageNode($"lighthouse{i}", options, store, Network, isLighthouse: true))];
        FrontDoor = new TcpProxy([.. Nodes.Select(node => node.Endpoint)]);
        LighthouseDoor = options.Lighthouses > 0 ? new TcpProxy([.. Lighthouses.Select(lighthouse => lighthouse.Endpoint)]) : null;
    }

    public StageOptions Options { get; }

    public StageStore Store { get; }

    public IReadOnlyList<StageNode> Nodes { get; }

    public IReadOnlyList<StageNode> Lighthouses { get; }

    /// <summary>Nodes and lighthouses.</summary>
    public IEnumerable<StageNode> Members => Nodes.Concat(Lighthouses);

    /// <summary>The ways between the members; null: there is one node.</summary>
    public StageNetwork? Network { get; }

    /// <summary>The load balancer that knows nothing.</summary>
    public TcpProxy FrontDoor { get; }

    /// <summary>The name that all lighthouses stand behind; null: there are none.</summary>
    public TcpProxy? LighthouseDoor { get; }

    public Uri Url => new($"ws://{FrontDoor.Endpoint}");

    /// <summary>Where clients ask where to connect.</summary>
    public Uri Gateway => new($"http://{(LighthouseDoor ?? FrontDoor).Endpoint}");

    /// <summary>The living node that has served for the longest; what a cluster has only one of is there.</summary>
    public StageNode Oldest => Nodes.Where(node => node.Condition == NodeCondition.Up).MinBy(node => node.Since) ?? Nodes[0];

    /// <summary>Everything all members have said.</summary>
    public string Output => string.Join('\n', Members.Select(node => $"--- {node.Name}\n{string.Join('\n', node.Output)}"));

    /// <summary>Ends when every member serves.</summary>
    public static async Task<ClusterStage> StartAsync(StageOptions options, StageStore store)
    {
        var stage = new ClusterStage(options, store);
        try
        {
            await stage.Nodes[0].StartAsync();
            await store.WatchAsync();
            await Task.WhenAll(stage.Members.Skip(1).Select(member => member.StartAsync()));
            await stage.SettledAsync(TimeSpan.FromSeconds(60));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every node takes clients, and every lighthouse tells them where to connect.</summary>
    public Task<TimeSpan> SettledAsync(TimeSpan limit) => UntilAsync(
        async () => (await Task.WhenAll(Members.Select(member => member.IsReadyAsync()))).All(ready => ready), limit, "every member to be ready");

    /// <summary>Lets every way pass, and every process run.</summary>
    public async Task HealAsync()
    {
        foreach (var proxy in Members.SelectMany(member => new[] { member.Clients, member.Store }).Append(FrontDoor).Append(LighthouseDoor).OfType<TcpProxy>())
        {
            proxy.Heal();
        }

        Network?.Heal();
        foreach (var member in Members.Where(member => member.Condition == NodeCondition.Paused))
        {
            await member.ResumeAsync();
        }

        await Task.WhenAll(Members.Where(member => member.Condition == NodeCondition.Down).Select(member => member.StartAsync()));
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
        await (LighthouseDoor?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Task.WhenAll(Members.Select(member => member.DisposeAsync().AsTask()));
        await (Network?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Store.DisposeAsync();
    }
}
