namespace Realtime.Messages.Operators;

/// <summary>One of a node's journals, the way from its entities to the store.</summary>
/// <param name="Name"><c>channels</c> or <c>sessions</c>.</param>
/// <param name="Breaker"><c>closed</c>, <c>open</c> (calls fail at once) or <c>half-open</c> (one call tries whether the store answers again).</param>
/// <param name="QueuedBytes">Of writes that wait or are under way.</param>
/// <param name="Recoveries">Logs that are being read back, or wait for their turn.</param>
/// <param name="FailingSince">Since when the store is out of reach or full; null when the latest calls were answered.</param>
/// <param name="LastFailure">The latest call that failed; stays when the store is well again.</param>
public sealed record JournalStatus(
    string Name,
    string Breaker,
    long QueuedBytes,
    int QueuedWrites,
    int Recoveries,
    DateTimeOffset? FailingSince,
    JournalStatus.Failure? LastFailure)
{
    /// <param name="Kind"><c>full</c>, <c>out-of-reach</c>, <c>conflict</c>, <c>passing</c> or <c>other</c>.</param>
    public sealed record Failure(string Kind, string Text, DateTimeOffset At);
}
