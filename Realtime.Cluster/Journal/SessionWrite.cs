using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;

namespace Realtime.Cluster.Journal;

/// <param name="ExpectedRevision">0: the row must not exist. The written row has this + 1.</param>
/// <param name="Record">Null deletes the row.</param>
/// <param name="ExpiresAt">Milliseconds since 1970 after which the row counts as gone; null while the session is attached.</param>
public sealed record SessionWrite(SessionId Session, long ExpectedRevision, SessionRecord? Record, long? ExpiresAt)
{
    /// <summary>Null: the store has one writer only (a single node), and nothing is checked.</summary>
    public ShardFence? Fence { get; init; }
}
