using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Sessions.Core;

/// <summary>The sessions of this node that connections of other nodes hold, and how long ago each was renewed.</summary>
internal sealed class RemoteHolders
{
    /// <summary>A holder that has missed so many rounds is taken for gone.</summary>
    public const int MostMissed = 3;

    private readonly Dictionary<SessionId, Entry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>A connection holds the session from now on, or still does.</summary>
    public void Add(SessionId id, IActorRef session, IActorRef connection, SessionHold hold) =>
        _entries[id] = new Entry(session, connection, hold);

    /// <summary>Does nothing when a later actor of the session has been added.</summary>
    public void Remove(SessionId id, IActorRef session)
    {
        if (_entries.TryGetValue(id, out var entry) && entry.Session.Equals(session))
        {
            _entries.Remove(id);
        }
    }

    /// <returns>What is not so, of what a node says its connections hold here.</returns>
    public List<SessionHold> Renew(Address node, IReadOnlyList<SessionHold> holds)
    {
        var notHeld = new List<SessionHold>();
        foreach (var hold in holds)
        {
            if (_entries.TryGetValue(hold.Session, out var entry) && entry.Hold == hold && entry.Node == node)
            {
                entry.Missed = 0;
            }
            else
            {
                notHeld.Add(hold);
            }
        }

        return notHeld;
    }

    /// <summary>A round of renewals is over.</summary>
    /// <returns>Those that have missed too many; they are forgotten here.</returns>
    public List<LostHolder> Round() => Remove(entry => ++entry.Missed > MostMissed);

    /// <summary>A node is gone, and its connections with it.</summary>
    public List<LostHolder> RemoveNode(Address node) => Remove(entry => entry.Node == node);

    private List<LostHolder> Remove(Func<Entry, bool> isLost)
    {
        var lost = new List<LostHolder>();
        foreach (var (id, entry) in _entries)
        {
            if (isLost(entry))
            {
                _entries.Remove(id);
                lost.Add(new LostHolder(entry.Session, entry.Connection));
            }
        }

        return lost;
    }

    private sealed class Entry(IActorRef session, IActorRef connection, SessionHold hold)
    {
        public IActorRef Session => session;

        public IActorRef Connection => connection;

        public SessionHold Hold => hold;

        public Address Node => connection.Path.Address;

        public int Missed { get; set; }
    }
}
