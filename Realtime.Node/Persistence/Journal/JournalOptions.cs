namespace Realtime.Node.Persistence.Journal;

/// <summary>Settings of both journals.</summary>
public sealed record JournalOptions
{
    /// <summary>
    /// After which a call counts as failed, its outcome unknown. Longer than the store's own time-outs, shorter than the hand-off of shards.
    /// Default 6 seconds.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Bytes that may wait for one journal before admission refuses. Default 64 MiB.</summary>
    public long QueueBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Writes that may wait for one journal before admission refuses: fewer than it commits within <see cref="CallTimeout"/> on a busy
    /// machine, or callers take for lost what is committed. Default 5,000.
    /// </summary>
    public int QueueWrites { get; init; } = 5_000;

    /// <summary>
    /// Room in the plugin's own queue, which stops actors when it overflows: more than <see cref="QueueWrites"/>, for writes that hold no lease.
    /// Default 20,000.
    /// </summary>
    public int BufferWrites { get; init; } = 20_000;

    /// <summary>Events that share one commit at most. Default 1,000.</summary>
    public int BatchEvents { get; init; } = 1_000;

    /// <summary>Failed calls in a row that open the breaker; far more than share one batch. Default 5,000.</summary>
    public int BreakerFailures { get; init; } = 5_000;

    /// <summary>How long an open breaker waits before it tries the store again. Default 1 second.</summary>
    public TimeSpan BreakerReset { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Recoveries that run side by side; they share reads, and leave the machine to writes. Default 100.</summary>
    public int Recoveries { get; init; } = 100;

    /// <summary>Rows that one transaction of a trim deletes. Default 500.</summary>
    public int TrimRows { get; init; } = 500;

    /// <summary>Everything that is wrong with these settings; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Demand(CallTimeout > TimeSpan.Zero, $"{nameof(CallTimeout)} must be positive, not {CallTimeout}");
        Demand(QueueBytes >= 1024, $"{nameof(QueueBytes)} must be at least 1024, not {QueueBytes}");
        Demand(QueueWrites >= 1, $"{nameof(QueueWrites)} must be at least 1, not {QueueWrites}");
        Demand(BufferWrites > QueueWrites, $"{nameof(BufferWrites)} must be more than {nameof(QueueWrites)}, {QueueWrites}, not {BufferWrites}");
        Demand(BatchEvents is >= 1 and <= 10_000, $"{nameof(BatchEvents)} must be 1 to 10000, not {BatchEvents}");
        Demand(
            BreakerFailures > BatchEvents,
            $"{nameof(BreakerFailures)} must be more than {nameof(BatchEvents)}, {BatchEvents}: one failed batch must not open it");
        Demand(BreakerReset > TimeSpan.Zero, $"{nameof(BreakerReset)} must be positive, not {BreakerReset}");
        Demand(Recoveries is >= 1 and <= 10_000, $"{nameof(Recoveries)} must be 1 to 10000, not {Recoveries}");
        Demand(TrimRows is >= 1 and <= 500, $"{nameof(TrimRows)} must be 1 to 500, not {TrimRows}");
        return faults;

        void Demand(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }
}
