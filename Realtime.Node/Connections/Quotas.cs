using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections;

/// <summary>The quotas of users, or of addresses, for all threads of a node. Their answers take well below a microsecond: one lock is enough.</summary>
internal sealed class Quotas<TKey>(LimitScope scope, QuotaPolicy policy, int remembered)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly QuotaLedger<TKey> _ledger = new(scope, policy, remembered);

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _ledger.Count;
            }
        }
    }

    public LimitKind? Open(TKey key, SessionId session, long now, out IQuota? quota, out int wait)
    {
        lock (_lock)
        {
            var no = _ledger.Open(key, session, now, out var opened, out wait);
            quota = no is null ? new Shared(this, opened) : null;
            return no;
        }
    }

    public bool TryAsk(TKey key, long now, out int wait)
    {
        lock (_lock)
        {
            return _ledger.TryAsk(key, now, out wait);
        }
    }

    /// <summary>For operators. Looks at all of them.</summary>
    public IReadOnlyList<LimitedClient> MostRefused(int most)
    {
        lock (_lock)
        {
            return [.. _ledger.MostRefused(most).Select(known => new LimitedClient(Word(scope), known.Key.ToString() ?? "", Word(known.Limit), known.Refused))];
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private sealed class Shared(Quotas<TKey> all, Quota quota) : IQuota
    {
        public LimitScope Scope => quota.Scope;

        public QuotaPolicy Policy => quota.Policy;

        public Limited? Request(int bytes, long now)
        {
            lock (all._lock)
            {
                return quota.Request(bytes, now);
            }
        }

        public bool TryAdd(LimitKind kind)
        {
            lock (all._lock)
            {
                return quota.TryAdd(kind);
            }
        }

        public void Add(LimitKind kind, int count)
        {
            lock (all._lock)
            {
                quota.Add(kind, count);
            }
        }

        public void Close(SessionId session, long now)
        {
            lock (all._lock)
            {
                all._ledger.Close(quota, session, now);
            }
        }
    }
}
