namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Why a transaction did not go through, and what that means for those who took part.</summary>
internal sealed record WriteFailure(WriteOutcome Outcome, Exception Cause, bool MayBeOfOneWrite, bool InHousekeeping)
{
    public static WriteFailure BeforeCommit(Exception cause, bool inHousekeeping) => new(
        cause is SqliteFault { IsFull: true } ? WriteOutcome.StorageFull : WriteOutcome.Unavailable,
        cause,
        cause is not SqliteFault fault || fault.MayBeOfOneWrite,
        inHousekeeping);

    public static WriteFailure InCommit(SqliteFault cause) => new(WriteOutcome.Unknown, cause, MayBeOfOneWrite: false, InHousekeeping: false);
}
