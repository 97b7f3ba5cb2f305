using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Persistence.Events;

/// <summary>A channel's log in short, as it was after one event: with the events behind it the whole state.</summary>
/// <param name="Writer">The last writer; None in a snapshot that cannot be read.</param>
/// <param name="Head">Offset of the last message.</param>
/// <param name="Tail">The first offset that is kept.</param>
/// <param name="Deleted">Rows up to this sequence number are deleted.</param>
/// <param name="State">What the channel itself adds.</param>
public sealed record ChannelSnapshot(
    Incarnation Writer, ulong Store, Epoch Epoch, long Head, long Tail, long Deleted, IReadOnlyList<IndexEntry> Index, ChannelState State) : IPersistedEvent
{
    /// <summary>Why it cannot be read; null for a good one.</summary>
    public string? Fault { get; init; }

    public static ChannelSnapshot Unreadable(string fault) => new(default, 0, default, 0, 1, 0, [], ChannelState.Empty) { Fault = fault };
}
