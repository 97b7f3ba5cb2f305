namespace Realtime.Messages.Operators;

/// <summary>What a node says of itself.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="Phase"><c>starting</c>, <c>serving</c>, <c>draining</c> (on its way out) or <c>stopped</c>.</param>
/// <param name="Obstacles">Why it is not ready for clients; empty when it is.</param>
/// <param name="Standing">As in <see cref="ClusterStatus.Standing"/>.</param>
/// <param name="Sessions">In memory, on shards of this node; null when those did not say.</param>
/// <param name="Channels">In memory, on shards of this node; null when those did not say.</param>
/// <param name="Memory">Working set, in bytes.</param>
/// <param name="Cpu">Share of one core used, over the last seconds: 1.5 is one and a half cores.</param>
/// <param name="LogLevel">The level written at the moment, for all categories without one of their own.</param>
public sealed record NodeLive(
    string Version,
    string Phase,
    IReadOnlyList<string> Obstacles,
    string Standing,
    long UptimeSeconds,
    int? Sessions,
    int? Channels,
    long Memory,
    double Cpu,
    string LogLevel,
    StoreStatus Store,
    NodeRates Rates,
    IReadOnlyList<JournalStatus> Journals,
    DeadLetterStatus DeadLetters)
{
    /// <summary>Users and addresses that are refused most for a limit, at most 10. Null: not known.</summary>
    public IReadOnlyList<LimitedClient>? Limited { get; init; }
}
