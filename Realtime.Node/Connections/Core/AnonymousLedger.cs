using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Bytes of session state and presence that clients without a token keep, by address, as a pure machine. A session counts from the first byte it
/// holds until it ends, or until the store has dropped what it left.
/// </summary>
internal sealed class AnonymousLedger(AnonymousPolicy policy) : IAnonymousSessions
{
    /// <summary>After this what a connection asked for last has been written or never will be, milliseconds.</summary>
    public const long Settled = 60_000;

    private const long Recovery = AnonymousPolicy.BurstSeconds * 1000;

    private readonly Dictionary<ClientAddress, AnonymousAddress> _addresses = [];
    private readonly Dictionary<SessionId, AnonymousSession> _sessions = [];
    private readonly LinkedList<AnonymousSession> _gone = [];

    /// <summary>Addresses whose last session went. They stay until their rate has recovered, or a new session would begin with a new burst.</summary>
    private readonly Queue<(AnonymousAddress Address, long Since)> _empty = [];


    public int Sessions => _sessions.Count;

    public int Addresses => _addresses.Count;

    private long Burst => policy.Rate * AnonymousPolicy.BurstSeconds;

    public long BytesOf(ClientAddress address) => _addresses.TryGetValue(address, out var known) ? known.Bytes : 0;

    public AnonymousSession Enter(ClientAddress address, SessionId session, long bytes, long now)
    {
        if (!_sessions.TryGetValue(session, out var known))
        {
            _sessions[session] = known = new AnonymousSession(session, Find(address));
            known.Address.Sessions++;
            Forget(now);
        }

        if (known.Gone is { } place)
        {
            _gone.Remove(place);
            known.Gone = null;
            known.IsUnsure &= now - known.GoneAt < Settled;
        }

        known.Connections++;
        Count(known, known.Live + bytes, known.IsUnsure ? known.Kept : 0);
        return known;
    }

    public Refusal? ChangeState(AnonymousSession session, int more, long now) => Change(session, more, session.Bytes + more, now);

    public Refusal? ChangePresence(AnonymousSession session, int more, int size, long now)
    {
        var writesRow = session.RowCharged is not { } charged || now - charged >= policy.WriteBehind.TotalMilliseconds;
        var refusal = Change(session, more, writesRow ? session.Bytes + more : size, now);
        if (writesRow && refusal is null)
        {
            session.RowCharged = now;
        }

        return refusal;
    }

    public void Add(AnonymousSession session, int bytes) => Count(session, session.Live + bytes, session.Kept);

    public void Release(AnonymousSession session, int bytes) => Count(session, session.Live - bytes, session.Kept);

    public void Leave(AnonymousSession session, long bytes, AnonymousParting parting, long now)
    {
        if (session.IsOver)
        {
            return;
        }

        session.Connections--;
        session.IsUnsure |= parting is AnonymousParting.Unsure;
        Count(session, session.Live - bytes, Math.Max(session.Kept, bytes));
        if (session.Connections > 0)
        {
            return;
        }

        if (session.Bytes == 0 || parting is AnonymousParting.Ended)
        {
            End(session, now);
            return;
        }

        session.GoneAt = now;
        session.Gone = _gone.AddLast(session);
    }

    public void Sweep(long now)
    {
        while (_gone.First?.Value is { } first && now - first.GoneAt >= policy.Keep.TotalMilliseconds)
        {
            End(first, now);
        }

        while (_empty.TryPeek(out var first) && now - first.Since >= Recovery)
        {
            _empty.Dequeue();
            if (first.Address.Sessions == 0 && first.Address.EmptySince == first.Since)
            {
                _addresses.Remove(first.Address.Id);
            }
        }
    }

    private void End(AnonymousSession session, long now)
    {
        Count(session, 0, 0);
        session.IsOver = true;
        _sessions.Remove(session.Id);
        if (session.Gone is { } place)
        {
            _gone.Remove(place);
            session.Gone = null;
        }

        if (--session.Address.Sessions == 0)
        {
            session.Address.EmptySince = now;
            _empty.Enqueue((session.Address, now));
        }
    }

    private AnonymousAddress Find(ClientAddress address)
    {
        if (!_addresses.TryGetValue(address, out var known))
        {
            _addresses[address] = known = new AnonymousAddress(address, new TokenBucket(policy.Rate, Burst));
        }

        return known;
    }

    private void Forget(long now)
    {
        while (_sessions.Count > policy.Sessions && _gone.First?.Value is { } first)
        {
            End(first, now);
        }
    }

    private Refusal? Change(AnonymousSession session, int more, long cost, long now)
    {
        if (session.IsOver)
        {
            return null;
        }

        var address = session.Address;
        var growth = Math.Max(session.Live + more, session.Kept) - session.Bytes;
        if (growth > 0 && address.Bytes + growth > policy.Bytes)
        {
            return new Refusal(
                ErrorCode.TooMany,
                policy.Bytes == 0
                    ? "sessions without a token keep no state and no presence here"
                    : $"sessions without a token keep at most {policy.Bytes} bytes of state and presence per address");
        }

        // What costs more than the burst would never pass.
        var taken = Math.Min(cost, Burst);
        if (!address.Rate.TryTake(now, taken))
        {
            return new Refusal(
                ErrorCode.RateLimited, $"sessions without a token may write {policy.Rate} bytes per second and address", address.Rate.Wait(taken));
        }

        Count(session, session.Live + more, session.Kept);
        return null;
    }

    private static void Count(AnonymousSession session, long live, long kept)
    {
        if (session.IsOver)
        {
            return;
        }

        var before = session.Bytes;
        (session.Live, session.Kept) = (live, kept);
        session.Address.Bytes += session.Bytes - before;
    }
}
