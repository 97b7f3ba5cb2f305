using Realtime.Messages.Operators;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>Three nodes on one PostgreSQL database, in this process.</summary>
public sealed class OperatedCluster : IAsyncLifetime
{
    private readonly List<OperatedApp> _nodes = [];
    private PostgresServer? _store;

    internal OperatedApp A => _nodes[0];

    internal OperatedApp B => _nodes[1];

    internal OperatedApp C => _nodes[2];

    public async ValueTask InitializeAsync()
    {
        _store = await PostgresServer.StartAsync();
        var database = await _store.CreateDatabaseAsync();
        foreach (var name in new[] { "a", "b", "c" })
        {
            _nodes.Add(await StartMemberAsync(name, _store.ConnectionString(database)));
        }

        await SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        await (_store?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    internal static Task<OperatedApp> StartMemberAsync(string name, string database, params (string Key, string Value)[] options) =>
        OperatedApp.StartAsync(name, [("Store", $"postgres:{database}"), .. options]);

    /// <summary>Everybody serves and is reached, and shards are where they belong.</summary>
    internal Task SettledAsync() => OperatedApp.UntilAsync("the cluster to settle", async () =>
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
}
