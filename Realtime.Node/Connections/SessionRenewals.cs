using Akka.Actor;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Connections;

/// <summary>
/// What a part of this node's connections holds on other nodes, in pages; and what it held last, for as long as a session may still wait there
/// for its client: should its node be lost, nobody else knows that the grace time ran.
/// </summary>
/// <param name="keepEnded">Milliseconds.</param>
internal sealed class SessionRenewals(long keepEnded)
{
    private readonly Queue<(RemoteHold Held, long At)> _ended = new();
    private readonly Dictionary<long, SessionRequest.Detach> _unanswered = [];
    private long _lastTag;

    /// <summary>Last words that no session has answered: what is sent just after a node's loss may still go there.</summary>
    public IEnumerable<SessionRequest.Detach> Unanswered => _unanswered.Values;

    /// <summary>One page after the other for each node.</summary>
    public IEnumerable<(Address Node, HolderMessage.Renew Page)> Pages(IEnumerable<RemoteHold?> held)
    {
        Dictionary<Address, List<SessionHold>>? byNode = null;
        foreach (var hold in held)
        {
            if (hold is null)
            {
                continue;
            }

            byNode ??= [];
            if (!byNode.TryGetValue(hold.Node, out var holds))
            {
                byNode.Add(hold.Node, holds = []);
            }

            holds.Add(hold.Hold);
        }

        return byNode is null ? [] : byNode.SelectMany(
            node => node.Value.Chunk(HolderMessage.MostHolds).Select(page => (node.Key, new HolderMessage.Renew(page))));
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="held">What it held then; null: nothing, or a session of this node, which knows by itself.</param>
    /// <param name="now">Monotonic milliseconds.</param>
    public void Ended(RemoteHold? held, long now)
    {
        Forget(now);
        if (held is not null)
        {
            _ended.Enqueue((held, now));
        }
    }

    /// <summary>Once more what connections said at their end, of those whose sessions were on a node that is gone. Until it is answered.</summary>
    public List<SessionRequest.Detach> EndedOn(Address node, long now)
    {
        Forget(now);
        var lost = new List<SessionRequest.Detach>();
        foreach (var (held, _) in _ended.Where(ended => ended.Held.Node == node))
        {
            var detach = new SessionRequest.Detach(held.Hold.Session, ++_lastTag, null, held.Hold.Attachment);
            _unanswered.Add(detach.Tag, detach);
            lost.Add(detach);
        }

        return lost;
    }

    /// <summary>Whatever it says, the session has heard it, unless it could not be read back.</summary>
    public void Answered(SessionReply reply)
    {
        if (reply is not (SessionReply.Retry or SessionReply.Refused))
        {
            _unanswered.Remove(reply.Tag);
        }
    }

    private void Forget(long now)
    {
        while (_ended.TryPeek(out var oldest) && now - oldest.At > keepEnded)
        {
            _ended.Dequeue();
        }
    }
}
