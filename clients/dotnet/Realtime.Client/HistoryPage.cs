using System.Collections.Immutable;

namespace Realtime.Client;

/// <summary>A page of a channel's log.</summary>
/// <param name="Messages">The messages, in the order asked for.</param>
/// <param name="Position">Where the page ends: ask for what comes after it next; null where the channel keeps no log.</param>
/// <param name="Head">The log's end.</param>
/// <param name="More">Whether there is another page.</param>
public sealed record HistoryPage(ImmutableArray<ChannelEvent.Message> Messages, Position? Position, Position? Head, bool More);
