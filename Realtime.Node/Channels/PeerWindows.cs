using System.Collections.Concurrent;
using Akka.Actor;

namespace Realtime.Node.Channels;

/// <summary>What is under way from this node's channels to other nodes, by their addresses. Safe for all threads.</summary>
public sealed class PeerWindows
{
    private readonly ConcurrentDictionary<Address, PeerWindow> _windows = [];

    public IEnumerable<KeyValuePair<Address, PeerWindow>> All => _windows;

    /// <returns>Null for an actor of this node: what it is sent does not wait in between.</returns>
    public PeerWindow? Of(IActorRef actor) => actor is IActorRefScope { IsLocal: false } ? Of(actor.Path.Address) : null;

    public PeerWindow Of(Address node) => _windows.GetOrAdd(node, static _ => new PeerWindow());

    internal bool TryFind(Address node, out PeerWindow? window) => _windows.TryGetValue(node, out window);

    /// <summary>The node has left the cluster: nothing is sent to it any more.</summary>
    internal void Remove(Address node) => _windows.TryRemove(node, out _);
}
