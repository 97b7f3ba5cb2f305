using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Frames;

/// <summary>One session that is present on a channel, as others see it.</summary>
public sealed record Member(SessionId Session, UserId? User, Payload Data);
