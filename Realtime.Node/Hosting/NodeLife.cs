using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Hosting;

/// <summary>This node from one opening of its store to the end: the number that its writes carry, and what its logs are made with.</summary>
internal sealed class NodeLife(Journals journals, ILoggerFactory loggers)
{
    private readonly PersistenceLogging _log = new(loggers.CreateLogger<EventLog>());
    private readonly StoreTimeline _timeline = new(journals.Store);

    public Incarnation Incarnation { get; } = journals.Store.Opened.Incarnation;

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
