namespace Realtime.Node.Persistence;

/// <summary>
/// Finds sessions whose logs have not been written for long: candidates for expiry, and ended ones that can be forgotten.
/// </summary>
public interface IIdleSessions
{
    /// <summary>A page of sessions, those first that were written longest ago.</summary>
    /// <param name="writtenBefore">By the clocks of the nodes that wrote.</param>
    /// <param name="after">Where the page before ended; default for the first.</param>
    /// <param name="most">Rows looked at; those with a newer one in the same log are left out.</param>
    Task<SweepPage<IdleSession, SessionLogCursor>> ReadAsync(
        DateTimeOffset writtenBefore, SessionLogCursor after, int most, CancellationToken cancellation = default);

    /// <summary>Deletes the logs of sessions that have ended, unless they were written since they were read.</summary>
    Task ForgetAsync(IReadOnlyList<IdleSession> ended, CancellationToken cancellation = default);
}
