using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Snapshot;
using Akka.Serialization;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence.Journal;

/// <summary>
/// The snapshot store of Akka.Persistence.Sql with one difference: logs that recover at the same time share the query for their newest
/// snapshots, and a log known to be new needs none.
/// </summary>
public sealed class RealtimeSnapshotStore : SqlSnapshotStore
{
    /// <summary>Snapshots of one query; each may be large.</summary>
    private const int GroupedLogs = 64;

    private readonly Akka.Serialization.Serialization _serialization = Context.System.Serialization;
    private readonly JournalHandle _handle;
    private readonly GroupedReads<string, StoredSnapshot?> _newest;

    public RealtimeSnapshotStore(Config config)
        : base(config)
    {
        var journals = Journals.Of(Context.System);
        _handle = journals.Channels;
        _newest = new GroupedReads<string, StoredSnapshot?>(
            journals.Store.Snapshots().NewestAsync, e => StoreFailures.KindOf(e) == StoreFailureKind.Other, GroupedLogs, journals.Store.Readers);
    }

    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        // The journal takes the id out of the set: it is asked after the snapshot store.
        if (_handle.NewIds.Contains(persistenceId))
        {
            return null;
        }

        if (!criteria.Equals(SnapshotSelectionCriteria.Latest))
        {
            return await base.LoadAsync(persistenceId, criteria, cancellationToken);
        }

        return await _newest.AskAsync(persistenceId, cancellationToken) is { } stored
            ? new SelectedSnapshot(
                new SnapshotMetadata(persistenceId, stored.SequenceNumber, new DateTime(stored.Created, DateTimeKind.Utc)),
                _serialization.Deserialize(
                    stored.Content ?? throw new InvalidDataException("the snapshot has no content"),
                    stored.Serializer ?? throw new InvalidDataException("the snapshot has no serializer"),
                    stored.Manifest))
            : null;
    }

    protected override void PostStop()
    {
        _newest.Stop();
        base.PostStop();
    }
}
