using Realtime.Messages.Frames;

namespace Realtime.Messages.Channels;

/// <summary>A feed says that a session is present on a channel.</summary>
public sealed record PresenceClaim(Member Member, PresenceStamp Stamp);
