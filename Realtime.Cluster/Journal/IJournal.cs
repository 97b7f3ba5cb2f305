using Realtime.Messages.Ids;
namespace Realtime.Cluster.Journal;

/// <summary>
/// The logs of channels. Every write is checked against the expected head in the transaction that makes it, so that no caller's
/// mistake, delay or second copy can reorder or overwrite a log. A write that is reported <see cref="WriteOutcome.Committed"/> survives
/// process kill, OS crash and power loss; any other outcome but <see cref="WriteOutcome.Unknown"/> wrote nothing.
/// </summary>
public interface IJournal
{
    /// <summary>Opens the log of a channel, and creates it (committed before the answer) when there is none.</summary>
    /// <param name="fence">The right to create it and to trust its head: checked in the transaction that opens. Null on a single node.</param>
    /// <exception cref="StoreFencedException">The shard belongs to somebody else.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot answer now.</exception>
    ValueTask<OpenLog> OpenAsync(ChannelName channel, ShardFence? fence = null, CancellationToken cancellation = default);

    /// <summary>
    /// Appends to one log. Many callers' appends share one transaction; each gets its own outcome through <paramref name="receiver"/>,
    /// called once, on a thread that must not be held up. Never throws for what the store does.
    /// </summary>
    void Append(AppendRequest request, IWriteReceiver receiver);

    /// <summary>
    /// The messages with offsets in (<paramref name="after"/>, head], oldest first, at most <paramref name="limit"/> and, beyond the first,
    /// at most <paramref name="maxBytes"/> of payload. Tail and head come from the same snapshot as the messages.
    /// </summary>
    ValueTask<LogSlice> ReadAsync(LogId log, long after, int limit, int maxBytes, CancellationToken cancellation = default);

    /// <summary>The largest kept offset whose message is older than <paramref name="at"/> (ms since 1970), or tail − 1 when none is.</summary>
    ValueTask<long> OffsetBeforeAsync(LogId log, long at, CancellationToken cancellation = default);

    /// <summary>Where a log stands: how an unknown outcome is resolved.</summary>
    ValueTask<LogSlice> HeadAsync(LogId log, CancellationToken cancellation = default);

    /// <summary>Logs that keep messages, with the time of their oldest, in order of their numbers: how messages past their age are found where nobody asks.</summary>
    /// <param name="after">The last log of the page before; default for the first page.</param>
    ValueTask<IReadOnlyList<OldestMessage>> OldestAsync(LogId after, int limit, CancellationToken cancellation = default);
}
