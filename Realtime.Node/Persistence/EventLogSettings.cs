using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Persistence;

/// <summary>What all logs of one kind on this node share.</summary>
/// <param name="Writer">This node's incarnation.</param>
/// <param name="Store">Identity and timeline of the store as they are now; asked at each recovery.</param>
public sealed record EventLogSettings(LogKind Kind, Incarnation Writer, IStoreIdentity Store, IWriterLease Lease)
{
    /// <summary>Empty: the default journal of the actor system.</summary>
    public string JournalPluginId { get; init; } = "";

    /// <summary>Empty: the default snapshot store of the actor system.</summary>
    public string SnapshotPluginId { get; init; } = "";

    /// <summary>
    /// Asked before each write. A write that finds no room waits here, where no time-out runs, and not in the journal, where its outcome would become unknown. Null: no bound.
    /// </summary>
    public WriteGate? Gate { get; init; }

    internal PersistenceLogging Log { get; init; } = PersistenceLogging.Off;

    public LogLimits Limits { get; init; } = LogLimits.Default;

    public LogBackoff Backoff { get; init; } = LogBackoff.Default;
}
