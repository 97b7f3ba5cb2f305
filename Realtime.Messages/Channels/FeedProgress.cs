using Realtime.Messages.Positions;

namespace Realtime.Messages.Channels;

/// <summary>How far a feed has got with its channel: what it asks about with each renewal from another node.</summary>
/// <param name="Head">Where the log ends as far as it knows; none: it does not know.</param>
/// <param name="Revision">Of the roster as it knows it; -1: it knows none.</param>
/// <param name="Through">Of the last batch that it has taken in this attempt (<see cref="ChannelNews.Batch.Through"/>).</param>
public sealed record FeedProgress(StreamPosition Head, long Revision, long Through)
{
    public static FeedProgress None { get; } = new(default, -1, 0);
}
