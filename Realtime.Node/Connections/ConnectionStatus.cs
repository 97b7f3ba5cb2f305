using Akka.Actor;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>What other threads see of a connection. Its actor writes.</summary>
internal sealed class ConnectionStatus(ConnectionId id)
{
    private long _due;
    private long _tokenEnds = long.MaxValue;
    private SessionId _session;
    private volatile bool _isWelcomed;
    private volatile RemoteHold? _remote;
    private volatile SessionIdentity? _identity;

    public bool IsWelcomed => _isWelcomed;

    /// <summary>The session it holds; none before the welcome and after the goodbye.</summary>
    public SessionId Session => _isWelcomed ? _session : default;

    /// <summary>Null: of no user, or not welcomed yet.</summary>
    public SessionIdentity? Identity => _identity;

    /// <summary>The session of another node that it holds; null: it holds none, or one of this node. What it held last stays when it ends.</summary>
    public RemoteHold? Remote => _remote;

    /// <summary>Whether its machine has to look at the clock.</summary>
    public bool IsDue(Moment now) =>
        now.Ticks >= Volatile.Read(ref _due) || now.Wall.ToUnixTimeMilliseconds() >= Volatile.Read(ref _tokenEnds);

    /// <param name="sessionAt">Where the session was when it took the connection; null: it has not.</param>
    public void Update(ConnectionMachine machine, Address? sessionAt = null)
    {
        UpdateRemote(machine, sessionAt);
        if (!_isWelcomed && machine.IsWelcomed)
        {
            // Before the flag, which others read first: a session's id is too large to be written at once.
            _session = machine.Session;
        }

        _identity = machine.Identity;
        _isWelcomed = machine.IsWelcomed;
        Volatile.Write(ref _due, machine.Due);
        Volatile.Write(ref _tokenEnds, machine.TokenEnds);
    }

    private void UpdateRemote(ConnectionMachine machine, Address? sessionAt)
    {
        if (!machine.IsAttached || sessionAt is null || sessionAt.HasLocalScope)
        {
            _remote = null;
        }
        else if (_remote is not { } known || known.Hold.Session != machine.Session || known.Hold.Attachment != machine.Attachment || known.Node != sessionAt)
        {
            _remote = new RemoteHold(sessionAt, new SessionHold(machine.Session, machine.Attachment, id));
        }
    }
}
