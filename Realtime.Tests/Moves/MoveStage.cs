using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Events;
using Realtime.Node.Namespaces;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Sessions;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Moves;

/// <summary>Nodes of one cluster in this process, on one store: what is between them goes over real connections, which a test can cut.</summary>
internal sealed class MoveStage : IAsyncDisposable
{
    private readonly SqliteEventStoreCase _store = new(memory: true);
    private readonly List<MoveNode> _nodes = [];

    public MovableShards ChannelShards { get; } = new();

    public MovableShards SessionShards { get; } = new();

    public EventStore Store => _store.Store;

    public NamespaceTable Namespaces { get; } = new(
    [
        new NamespacePolicy("chat") { Presence = true },
        new NamespacePolicy("mem") { Durability = Durability.Memory, Presence = true },
        new NamespacePolicy("cursors") { Durability = Durability.None },
    ]);

    public SessionPolicy Sessions { get; init; } = new();

    public LostSessionPolicy? LostSessions { get; init; }

    public ChannelPolicy Channels { get; init; } = new();

    /// <summary>What the application wants to learn of.</summary>
    public IEventInterest Interest { get; init; } = EventInterest.None;

    /// <summary>How often what is held between nodes is renewed.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The first one has the coordinators, and all shards until the test moves them.</summary>
    public async Task<MoveNode> StartAsync(string name)
    {
        if (_nodes.Count == 0)
        {
            await _store.StartAsync();
        }

        var node = await MoveNode.StartAsync(this, new NodeId(name), _nodes.Count + 1, _nodes.FirstOrDefault()?.Address);
        if (_nodes.Count == 0)
        {
            (ChannelShards.Coordinator, ChannelShards.Everywhere) = (node.Address, node.Address);
            (SessionShards.Coordinator, SessionShards.Everywhere) = (node.Address, node.Address);
        }

        _nodes.Add(node);
        await Soon.IsTrueAsync(() => _nodes.All(other => other.IsGone || other.UpCount == _nodes.Count(one => !one.IsGone)), "all nodes to know each other");
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            await node.DisposeAsync();
        }

        await _store.DisposeAsync();
    }
}
