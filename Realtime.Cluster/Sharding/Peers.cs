using System.Collections.Concurrent;
using Realtime.Cluster.Membership;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>The nodes to which links stand. Remembers their names: one whose link is lost may be out of the view by then.</summary>
internal sealed class Peers
{
    private readonly ConcurrentDictionary<Incarnation, Peer> _up = new();

    /// <returns>Its name; null when it is out of the view already, and its link will soon be lost.</returns>
    public NodeId? Up(Incarnation peer, ClusterView view)
    {
        if (view.Find(peer) is not { } row)
        {
            return null;
        }

        _up[peer] = new Peer(row.Profile.Name, false);
        return row.Profile.Name;
    }

    /// <returns>Its name; null when its coming up was not told.</returns>
    public NodeId? Reset(Incarnation peer) => _up.TryRemove(peer, out var gone) ? gone.Name : null;

    public NodeId? NameOf(Incarnation peer) => _up.TryGetValue(peer, out var known) ? known.Name : null;

    public bool Answers(Incarnation peer) => _up.TryGetValue(peer, out var known) && known.Answers;

    /// <summary>Called in turn with <see cref="Up"/> and <see cref="Reset"/> of the same peer.</summary>
    public void Said(Incarnation peer, bool answers)
    {
        if (_up.TryGetValue(peer, out var known) && known.Answers != answers)
        {
            _up.TryUpdate(peer, known with { Answers = answers }, known);
        }
    }

    private sealed record Peer(NodeId Name, bool Answers);
}
