namespace Realtime.Node.Persistence;

/// <summary>Goes through the records of sessions to find those that were present when the process before this one ended.</summary>
public interface IPresentSessions
{
    /// <summary>A page of sessions, those first that were written longest ago. Parked, ended and unreadable ones are left out.</summary>
    /// <param name="touchedAfter">By their records: the time to live of the others is over.</param>
    /// <param name="after">Where the page before ended; default for the first.</param>
    /// <param name="most">Rows looked at; those with a newer one in the same log and those without presence are left out.</param>
    Task<PresentSessionPage> ReadAsync(
        DateTimeOffset touchedAfter, SessionLogCursor after, int most, CancellationToken cancellation = default);
}
