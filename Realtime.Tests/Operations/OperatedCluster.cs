using Realtime.Messages.Operators;
using Realtime.Node.Hosting.Configuration;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>Three nodes and a lighthouse on one PostgreSQL database, in this process.</summary>
public sealed class OperatedCluster : IAsyncLifetime
{
    private readonly List<OperatedApp> _nodes = [];
    private OperatedApp? _lighthouse;

    internal OperatedApp A => _nodes[0];

    internal OperatedApp B => _nodes[1];

    internal OperatedApp C => _nodes[2];

    internal OperatedApp Lighthouse => _lighthouse!;

    /// <summary>Options of all of them.</summary>
    internal (string Key, string Value)[] Options { get; init; } = [];

    public async ValueTask InitializeAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var database = server.ConnectionString(await server.CreateDatabaseAsync());
        foreach (var name in new[] { "a", "b", "c" })
        {
            _nodes.Add(await StartMemberAsync(name, database, Options));
        }

        _lighthouse = await OperatedApp.StartAsync("l", ProgramRole.Lighthouse, [("Store", $"postgres:{database}"), .. Options]);

        await SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_lighthouse is { } lighthouse)
        {
            await lighthouse.DisposeAsync();
        }

        // One after the other: each gives away what it holds, to those that are left.
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>With an address of its own, to which clients are sent.</summary>
    internal static Task<OperatedApp> StartMemberAsync(string name, string database, params (string Key, string Value)[] options)
    {
        var port = FreePort.Take();
        return OperatedApp.StartAsync(name, [("Store", $"postgres:{database}"), ("Port", $"{port}"), ("Cluster:ClientUrl", $"ws://127.0.0.1:{port}"), .. options]);
    }

    /// <summary>Everybody serves and is reached, and shards are where they belong.</summary>
    internal Task SettledAsync() => OperatedApp.UntilAsync("the cluster to settle", async () =>
    {
        foreach (var node in _nodes.Append(Lighthouse))
        {
            var status = await node.GetAsync("cluster", OperatorJson.Default.ClusterStatus);
            if (status is not { Unreachable: [], Shards.Moving: 0 } ||
                status.Members.Count != 4 || status.Members.Any(seen => seen.Standing != "up") ||
                status.Nodes.Count != 3 || status.Nodes.Any(seen => seen is not { Status: "active", Live.Phase: "serving" }))
            {
                return false;
            }
        }

        return true;
    });
}
