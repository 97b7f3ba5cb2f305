namespace Realtime.Node.Persistence.Store;

/// <summary>What the snapshot store asks beside what it has from Akka.Persistence.Sql.</summary>
internal abstract class SnapshotQueries
{
    /// <summary>The newest snapshot of each log; null for one that has none.</summary>
    public abstract Task<IReadOnlyList<StoredSnapshot?>> NewestAsync(IReadOnlyList<string> persistenceIds, CancellationToken cancellation);
}
