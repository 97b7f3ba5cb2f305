using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>Durable session state: one row per session, with a revision that every write compares.</summary>
public interface ISessionStore
{
    /// <returns>Null: no such session, or its time to live is over.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot answer now.</exception>
    ValueTask<StoredSession?> LoadAsync(SessionId session, CancellationToken cancellation = default);

    /// <summary>Writes one session under compare-and-set of its revision (0: it must not exist). Shares transactions with appends.</summary>
    void Put(SessionWrite write, IWriteReceiver receiver);

    /// <summary>
    /// Sessions that were attached when the last process died (rows without an expiry): what a starting node has to give their grace time.
    /// Pages by session id.
    /// </summary>
    /// <param name="shards">Null: all. Rows from before the store was clustered have no shard and are always among the answer.</param>
    ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default);

    /// <summary>Deletes rows whose expiry is before <paramref name="now"/> (ms since 1970), at most <paramref name="limit"/>; returns how many.</summary>
    ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation = default);
}
