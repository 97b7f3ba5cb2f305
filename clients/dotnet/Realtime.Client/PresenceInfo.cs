using System.Collections.Immutable;

namespace Realtime.Client;

/// <summary>Who is in a channel.</summary>
/// <param name="Members">Everybody; empty when the server only counts (above its roster limit).</param>
/// <param name="Count">How many there are.</param>
/// <param name="Revision">The presence revision this is the state of.</param>
public sealed record PresenceInfo(ImmutableArray<Member> Members, long Count, long? Revision);
