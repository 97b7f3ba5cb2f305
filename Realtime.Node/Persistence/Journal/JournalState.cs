using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Persistence.Journal;

/// <summary>One journal at one moment, for health checks and metrics.</summary>
/// <param name="QueuedBytes">Of writes that wait or are under way.</param>
/// <param name="RecoveriesWaiting">Reads of logs that wait for their turn or are under way.</param>
/// <param name="FailingSince">Since when the store is out of reach or full; null when the latest calls were answered.</param>
/// <param name="LastFailure">Stays when the store is well again.</param>
public sealed record JournalState(
    BreakerState Breaker,
    long QueuedBytes,
    int QueuedWrites,
    int RecoveriesWaiting,
    DateTimeOffset? FailingSince,
    JournalFailure? LastFailure)
{
    /// <summary>
    /// What the journal suffers from now. For readiness and metrics, not for admission: only a write can show that it is over.
    /// </summary>
    public StoreFailureKind? Trouble => FailingSince is not null ? LastFailure?.Kind : Breaker == BreakerState.Open ? StoreFailureKind.OutOfReach : null;
}
