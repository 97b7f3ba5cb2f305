using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>What other threads see of a connection. Its actor writes.</summary>
internal sealed class ConnectionStatus
{
    private long _due;
    private long _tokenEnds = long.MaxValue;
    private SessionId _session;
    private volatile bool _isWelcomed;

    public bool IsWelcomed => _isWelcomed;

    /// <summary>The session it holds; none before the welcome and after the goodbye.</summary>
    public SessionId Session => _isWelcomed ? _session : default;

    /// <summary>Whether its machine has to look at the clock.</summary>
    public bool IsDue(Moment now) =>
        now.Ticks >= Volatile.Read(ref _due) || now.Wall.ToUnixTimeMilliseconds() >= Volatile.Read(ref _tokenEnds);

    public void Update(ConnectionMachine machine)
    {
        if (!_isWelcomed && machine.IsWelcomed)
        {
            // Before the flag, which others read first: a session's id is too large to be written at once.
            _session = machine.Session;
        }

        _isWelcomed = machine.IsWelcomed;
        Volatile.Write(ref _due, machine.Due);
        Volatile.Write(ref _tokenEnds, machine.TokenEnds);
    }
}
