using Realtime.Messages.Persisted;

namespace Realtime.Cluster.Journal;

/// <param name="ExpiresAt">Milliseconds since 1970; null while it is attached.</param>
public sealed record StoredSession(SessionRecord Record, long Revision, long? ExpiresAt);
