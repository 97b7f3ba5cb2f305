namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Deletes expired sessions.</summary>
internal sealed class SweepSessions(long now, int limit)
{
    public long Now => now;

    public int Limit => limit;

    /// <summary>How many went; set by the writer before the outcome is told.</summary>
    public int Deleted { get; set; }
}
