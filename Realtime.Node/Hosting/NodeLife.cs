using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Hosting;

/// <summary>This node from one opening of its store to the end: the number that its writes carry, and what its logs are made with.</summary>
internal sealed class NodeLife(Journals journals, ILoggerFactory loggers)
{
    /// <summary>They can be 64 KiB each.</summary>
    private const int RecordsInPage = 500;

    private readonly PersistenceLogging _log = new(loggers.CreateLogger<EventLog>());
    private readonly StoreTimeline _timeline = new(journals.Store);

    public Incarnation Incarnation { get; } = journals.Store.Opened.Incarnation;

    /// <summary>The sessions that were present when the process before this one ended. Before anything starts that writes them.</summary>
    public async Task<IReadOnlyList<PresentSession>> ReadPresentSessionsAsync(DateTimeOffset touchedAfter, CancellationToken cancellation)
    {
        var records = new SqlPresentSessions(journals.Store);
        var present = new List<PresentSession>();
        SessionLogCursor? next = default(SessionLogCursor);
        while (next is { } after)
        {
            var page = await records.ReadAsync(touchedAfter, after, RecordsInPage, cancellation).ConfigureAwait(false);
            present.AddRange(page.Sessions);
            next = page.Next;
        }

        return present;
    }

    public EventLogSettings Logs(LogKind kind)
    {
        var journal = kind is LogKind.Channel ? journals.Channels : journals.Sessions;
        return new EventLogSettings(kind, Incarnation, _timeline, journals.Store.Lease)
        {
            JournalPluginId = journal.PluginId,
            SnapshotPluginId = journal.SnapshotPluginId,
            Gate = journal.Gate,
            Log = _log,
        };
    }
}
