using Realtime.Messages.Frames;

namespace Realtime.Node.Channels.Core;

/// <summary>Members that came, left or changed, as one step of a roster.</summary>
/// <param name="Count">How many are present after it.</param>
public sealed record RosterChange(PresenceChange Change, IReadOnlyList<Member> Members, int Count, long Revision);
