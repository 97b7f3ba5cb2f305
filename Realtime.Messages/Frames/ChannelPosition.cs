using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Frames;

/// <summary>One entry of a <c>positions</c> object.</summary>
public readonly record struct ChannelPosition(ChannelName Channel, StreamPosition Position);
