namespace Realtime.Cluster.Links;

/// <summary>
/// Remembers what was logged, so that a retry does not say it again. Strangers can fill it: then it remembers causes only, and the number of
/// lines they can write stays bounded.
/// </summary>
internal sealed class SaidOnce
{
    private const int MostPeers = 256;
    private readonly HashSet<(string Peer, string Cause)> _said = [];
    private readonly Lock _lock = new();

    public bool IsFirst(string peer, string cause)
    {
        lock (_lock)
        {
            return _said.Add(_said.Count < MostPeers || _said.Contains((peer, cause)) ? (peer, cause) : ("", cause));
        }
    }

    /// <summary>All is well with this peer: the next trouble is news.</summary>
    public void Forget(string peer)
    {
        lock (_lock)
        {
            _said.RemoveWhere(said => said.Peer == peer);
        }
    }
}
