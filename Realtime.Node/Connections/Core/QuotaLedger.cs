using Realtime.Messages.Ids;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// The quotas of all users, or of all addresses, as a pure machine. One without a connection is forgotten when its rates have recovered. Beyond a bound those are forgotten
/// earlier that came longest ago: they begin anew with their bursts, which the admission of the node bounds together.
/// </summary>
internal sealed class QuotaLedger<TKey>(LimitScope scope, QuotaPolicy policy, int remembered)
    where TKey : notnull
{
    private readonly Dictionary<TKey, Known> _known = [];
    private readonly LinkedList<Known> _idle = [];

    /// <summary>Those that are remembered.</summary>
    public int Count => _known.Count;

    /// <summary>Until a rate has recovered from anything, milliseconds.</summary>
    private readonly long _recovery = 1 + (long)(1000 * Math.Max(
        Math.Max((double)policy.HandshakeBurst / policy.Handshakes, (double)policy.RequestBurst / policy.Requests), QuotaPolicy.BytesBurstSeconds));

    /// <summary>A connection opens.</summary>
    /// <returns>What there is too much of; null: nothing, and <see cref="Close"/> is due.</returns>
    public LimitKind? Open(TKey key, SessionId session, long now, out Quota quota, out int wait)
    {
        var known = Find(key, now);
        quota = known;
        var no = known.Open(session, now, out wait);
        Settle(known, now);
        return no;
    }

    public bool TryAsk(TKey key, long now, out int wait)
    {
        var known = Find(key, now);
        var may = known.TryAsk(now, out wait);
        Settle(known, now);
        return may;
    }

    public void Close(Quota quota, SessionId session, long now)
    {
        quota.Close(session);
        Settle((Known)quota, now);
    }

    /// <summary>Those that were refused something, most often first.</summary>
    public IReadOnlyList<(TKey Key, LimitKind Limit, long Refused)> MostRefused(int most) =>
        [.. _known.Values.Where(known => known.Refused > 0).OrderByDescending(known => known.Refused).Take(most).Select(known => (known.Key, known.LastRefused, known.Refused))];

    private Known Find(TKey key, long now)
    {
        while (_idle.First?.Value is { } first && (now - first.IdleSince >= _recovery || _idle.Count > remembered))
        {
            _idle.RemoveFirst();
            first.Idle = null;
            _known.Remove(first.Key);
        }

        if (!_known.TryGetValue(key, out var known))
        {
            _known[key] = known = new Known(key, scope, policy);
        }

        return known;
    }

    private void Settle(Known known, long now)
    {
        if (known.Idle is { } place)
        {
            _idle.Remove(place);
            known.Idle = null;
        }

        if (known.Sockets == 0)
        {
            known.IdleSince = now;
            known.Idle = _idle.AddLast(known);
        }
    }

    private sealed class Known(TKey key, LimitScope scope, QuotaPolicy policy) : Quota(scope, policy)
    {
        public TKey Key => key;

        public LinkedListNode<Known>? Idle { get; set; }

        public long IdleSince { get; set; }
    }
}
