using System.Net;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>A cluster of real processes on one store, every way between them through a proxy.</summary>
internal sealed class ClusterStage : IAsyncDisposable
{
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private ClusterStage(StageOptions options, StageStore store)
    {
        Options = options;
        Store = store;
        Nodes = [.. Enumerable.Range(0, options.Nodes).Select(i => new StageNode(((char)('a' + i)).ToString(), options, store))];
        FrontDoor = new TcpProxy([.. Nodes.Select(node => node.Endpoint)]);
    }

    public StageOptions Options { get; }

    public StageStore Store { get; }

    public IReadOnlyList<StageNode> Nodes { get; }

    /// <summary>The load balancer that knows nothing.</summary>
    public TcpProxy FrontDoor { get; }

    public Uri Url => new($"ws://{FrontDoor.Endpoint}");

    /// <summary>Everything all nodes have said.</summary>
    public string Output => string.Join('\n', Nodes.Select(node => $"--- {node.Name}\n{string.Join('\n', node.Output)}"));

    /// <summary>Ends when every node serves and the shards are where placement wants them to be.</summary>
    public static async Task<ClusterStage> StartAsync(StageOptions options, StageStore store, IReadOnlyCollection<string> channels)
    {
        var stage = new ClusterStage(options, store);
        try
        {
            await stage.Nodes[0].StartAsync();
            await store.WatchAsync(channels, options.Shards);
            await Task.WhenAll(stage.Nodes.Skip(1).Select(node => node.StartAsync()));
            await stage.BalancedAsync(TimeSpan.FromSeconds(60));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every node is a member under its name, and every shard belongs to one of them.</summary>
    public Task<TimeSpan> SettledAsync(TimeSpan limit) => UntilAsync(
        async () => await RowsOrNothingAsync() is { Unowned.Count: 0 } rows && rows.Owners.Count == Options.Shards && Nodes.All(node => rows.Nodes.ContainsKey(node.Name)),
        limit,
        "every shard to have a living owner");

    /// <summary>And every node owns a good part, and nothing has moved for a while.</summary>
    public Task<TimeSpan> BalancedAsync(TimeSpan limit)
    {
        string? seen = null;
        var since = TimeProvider.System.GetTimestamp();
        return UntilAsync(
            async () =>
            {
                if (await RowsOrNothingAsync() is not { Unowned.Count: 0 } rows
                    || !Nodes.All(node => rows.Nodes.TryGetValue(node.Name, out var incarnation)
                        && rows.Owners.Values.Count(shard => shard.Owner == incarnation) >= Options.Shards / (2 * Nodes.Count)))
                {
                    seen = null;
                    return false;
                }

                var owners = string.Join(' ', rows.Owners.OrderBy(shard => shard.Key));
                if (owners != seen)
                {
                    (seen, since) = (owners, TimeProvider.System.GetTimestamp());
                }

                return TimeProvider.System.GetElapsedTime(since) > Still;
            },
            limit,
            "every node to own a good part of the shards, and to keep it");
    }

    /// <summary>Lets every way pass, and every process run.</summary>
    public async Task HealAsync()
    {
        foreach (var proxy in Nodes.SelectMany(node => new[] { node.Clients, node.Peers, node.Store }).Append(FrontDoor).OfType<TcpProxy>())
        {
            proxy.Heal();
        }

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
        await Store.DisposeAsync();
    }

    /// <summary>While the database is down it says nothing, which is not the end of the waiting.</summary>
    private async Task<ClusterRows?> RowsOrNothingAsync()
    {
        try
        {
            return await Store.RowsAsync();
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or Realtime.Cluster.Journal.Sqlite.SqliteFault)
        {
            return null;
        }
    }
}
