using Realtime.Cluster.Journal.Memory;
using Realtime.Messages.Operators;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>Three nodes on one store in memory, in this process; shared by the tests of a class, each of which leaves them as they were.</summary>
public sealed class OperatedCluster : IAsyncLifetime
{
    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly List<OperatedApp> _nodes = [];

    internal OperatedApp A => _nodes[0];

    internal OperatedApp B => _nodes[1];

    internal OperatedApp C => _nodes[2];

    public async ValueTask InitializeAsync()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            _nodes.Add(await OperatedApp.StartMemberAsync(name, _store));
        }

        await SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        await _store.DisposeAsync();
    }

    /// <summary>Everybody serves and is reached, and shards are where they belong.</summary>
    internal Task SettledAsync() => UntilAsync("the cluster to settle", async () =>
    {
        foreach (var node in _nodes)
        {
            var status = await node.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
            if (status is not { Unreachable: [], Shards: { Free: 0, Moving: 0, Held: 0 } } ||
                status.Nodes.Count != 3 || status.Nodes.Any(seen => seen is not { Status: "active", Shards: >= 2, Live.Phase: "serving" }))
            {
                return false;
            }
        }

        return true;
    });

    internal static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await holds())
        {
            try
            {
                await tick.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited in vain for {what}.");
            }
        }
    }
}
