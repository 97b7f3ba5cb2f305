namespace Realtime.Node.Persistence;

/// <summary>How the events of a log add up.</summary>
public enum LogKind
{
    /// <summary>Messages with offsets, snapshots, trims.</summary>
    Channel,

    /// <summary>Each event is the whole record: the last one counts, older ones are deleted now and then.</summary>
    Session,

    /// <summary>All events count, and there are few.</summary>
    Keys,
}
