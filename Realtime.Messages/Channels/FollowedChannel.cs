using Realtime.Messages.Ids;

namespace Realtime.Messages.Channels;

/// <summary>A channel that a feed of another node follows, as its hub lists it in a renewal.</summary>
/// <param name="Attempt">The one that the channel's actor answered; no other feed of that node's life has it.</param>
public sealed record FollowedChannel(ChannelName Channel, long Attempt, FeedProgress Progress);
