using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>The ledger of sessions without a token, for all connections of a node. Its answers take well below a microsecond: one lock is enough.</summary>
internal sealed class AnonymousSessions(AnonymousPolicy policy) : IAnonymousSessions
{
    private readonly Lock _lock = new();
    private readonly AnonymousLedger _ledger = new(policy);

    /// <summary>Sessions that are counted now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _ledger.Sessions;
            }
        }
    }

    public long BytesOf(ClientAddress address)
    {
        lock (_lock)
        {
            return _ledger.BytesOf(address);
        }
    }

    public AnonymousSession Enter(ClientAddress address, SessionId session, long bytes, long now)
    {
        lock (_lock)
        {
            return _ledger.Enter(address, session, bytes, now);
        }
    }

    public Refusal? ChangeState(AnonymousSession session, int more, long now)
    {
        lock (_lock)
        {
            return _ledger.ChangeState(session, more, now);
        }
    }

    public Refusal? ChangePresence(AnonymousSession session, int more, int size, long now)
    {
        lock (_lock)
        {
            return _ledger.ChangePresence(session, more, size, now);
        }
    }

    public void Add(AnonymousSession session, int bytes)
    {
        lock (_lock)
        {
            _ledger.Add(session, bytes);
        }
    }

    public void Release(AnonymousSession session, int bytes)
    {
        lock (_lock)
        {
            _ledger.Release(session, bytes);
        }
    }

    public void Leave(AnonymousSession session, long bytes, AnonymousParting parting, long now)
    {
        lock (_lock)
        {
            _ledger.Leave(session, bytes, parting, now);
        }
    }

    public void Sweep(long now)
    {
        lock (_lock)
        {
            _ledger.Sweep(now);
        }
    }
}
