using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Persistence;

/// <param name="Data">What others see of the session on this channel.</param>
public readonly record struct RecordedPresence(ChannelName Channel, Payload Data);
