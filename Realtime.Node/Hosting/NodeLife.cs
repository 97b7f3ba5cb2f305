using Realtime.Messages.Ids;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Hosting;

/// <summary>This node from one start to its end: the number that its writes carry, and what its logs are made with.</summary>
internal sealed class NodeLife(NodeId node, Journals journals)
{
    public NodeId Node => node;

    public Incarnation Incarnation { get; } = new(TimeProvider.System.GetTimestamp());

    public EventLogSettings Logs(LogKind kind)
    {
        var journal = kind is LogKind.Channel ? journals.Channels : journals.Sessions;
        return new EventLogSettings(kind, Incarnation, new S(), new L())
        {
            JournalPluginId = journal.PluginId,
            SnapshotPluginId = journal.SnapshotPluginId,
            Gate = journal.Gate,
        };
    }

    private sealed class S : IStoreIdentity
    {
        public ulong Current => 1;
    }

    private sealed class L : IWriterLease
    {
        public bool IsHeld => true;
    }
}
