using Realtime.Messages.Frames;

namespace Realtime.Messages.Next.Channels;

/// <summary>A feed says that a session is present on a channel, and by which of its connections the feed knows.</summary>
public sealed record PresenceClaim(Member Member, Attachment Attachment);
