using Realtime.Messages.Frames;

namespace Realtime.Node.Channels.Core;

/// <summary>Who was present on a channel when the process before this one ended.</summary>
/// <param name="Until">When those leave that no feed has claimed, milliseconds since 1970.</param>
public sealed record RememberedRoster(IReadOnlyList<Member> Members, long Until);
