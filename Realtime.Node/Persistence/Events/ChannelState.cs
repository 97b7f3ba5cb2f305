using Realtime.Messages.Channels;

namespace Realtime.Node.Persistence.Events;

/// <summary>The part of a snapshot that the channel keeps and the log does not: sums and producer windows.</summary>
/// <param name="Bytes">Sum of the sizes of the kept messages.</param>
/// <param name="LastAt">Time of the newest message, milliseconds since 1970.</param>
public sealed record ChannelState(long Bytes, long LastAt, IReadOnlyList<ProducerMarks> Producers)
{
    public static ChannelState Empty { get; } = new(0, 0, []);
}
