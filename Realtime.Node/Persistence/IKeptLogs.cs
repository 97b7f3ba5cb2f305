namespace Realtime.Node.Persistence;

/// <summary>Goes through the channels' logs in which anything is kept, to find those whose messages are past their age.</summary>
public interface IKeptLogs
{
    /// <summary>A page of logs, in the order of their names.</summary>
    /// <param name="after">Where the page before ended; default for the first.</param>
    /// <param name="most">Logs looked at; those of which nothing is kept are left out.</param>
    Task<SweepPage<KeptLog, KeptLogCursor>> ReadAsync(KeptLogCursor after, int most, CancellationToken cancellation = default);
}
