namespace Realtime.Node.Channels;

/// <summary>What is the same for the channels of all namespaces.</summary>
public sealed record ChannelPolicy
{
    /// <summary>How long sequence numbers are remembered at least.</summary>
    public TimeSpan SequenceWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most messages that wait for a commit on one channel; beyond it publishes are refused as <c>unavailable</c>.</summary>
    public int PendingMessages { get; init; } = 8192;

    /// <summary>Most bytes that wait for a commit on one channel.</summary>
    public long PendingBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>A channel nobody listens to or publishes on leaves memory after this time (a memory log that holds messages stays).</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Members that a channel knows from feeds, or from records of before the process, leave when no feed claims them within this time.</summary>
    public TimeSpan UnclaimedGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The application hears that a channel has no subscribers when none has come for this long: clients that come back within their sessions' grace time were never away. After the loss of a feed it is
    /// <see cref="UnclaimedGrace"/>, if that is longer.
    /// </summary>
    public TimeSpan VacateAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A feed that its hub does not ask for within this time has failed without a successor, or its node does not reach this one.</summary>
    public TimeSpan FeedLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Newest messages a channel keeps at hand for readers, beside the store.</summary>
    public int RecentMessages { get; init; } = 256;

    /// <summary>Bytes of newest messages a channel keeps at hand.</summary>
    public int RecentBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes in one page of history at most, unless its first message alone is larger.</summary>
    public int HistoryBytes { get; init; } = 64 * 1024;

    /// <summary>Messages in one append at most.</summary>
    public int AppendMessages { get; init; } = 256;

    /// <summary>Bytes of messages in one append at most, unless its first message alone is larger.</summary>
    public int AppendBytes { get; init; } = 256 * 1024;

    /// <summary>After a write found no room, publishes are refused for so long without another try: the log stays open for readers.</summary>
    public TimeSpan FullPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Sequence numbers in one snapshot at most, over all producers; beyond it repeats are refused as expired.</summary>
    public int SnapshotMarks { get; init; } = 16 * 1024;
}
