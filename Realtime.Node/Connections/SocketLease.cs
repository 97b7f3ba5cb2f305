using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections;

/// <summary>
/// What one socket takes of the node: a place among those of its address until it is closed, and one among those that have not been welcomed until it is. Its transport disposes of it.
/// </summary>
public sealed class SocketLease : IDisposable
{
    private readonly SocketLimits _limits;
    private readonly Lock _lock = new();
    private bool _isOver;
    private volatile bool _isWelcomed;
    private long _held;

    internal SocketLease(SocketLimits limits, IQuota? quota) => (_limits, Quota) = (limits, quota);

    /// <summary>Of its address; null: that is not limited.</summary>
    internal IQuota? Quota { get; }

    internal bool IsWelcomed => _isWelcomed;

    /// <returns>False: those that have not been welcomed have sent too much together.</returns>
    internal bool TryHold(int bytes)
    {
        lock (_lock)
        {
            if (_isWelcomed || _isOver)
            {
                return true;
            }

            _held += bytes;
            if (_limits.Pool.TryHold(bytes))
            {
                return true;
            }
        }

        _limits.Count(LimitScope.Unauthenticated, LimitKind.Bytes);
        return false;
    }

    /// <summary>The client has its welcome. May be said again.</summary>
    internal void Welcomed()
    {
        if (_isWelcomed)
        {
            return;
        }

        lock (_lock)
        {
            if (!_isOver)
            {
                _limits.Pool.Leave(_held);
                _isWelcomed = true;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            if (!_isWelcomed)
            {
                _limits.Pool.Leave(_held);
            }
        }

        Quota?.Close(default, _limits.Now);
    }
}
