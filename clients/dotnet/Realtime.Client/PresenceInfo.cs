using System.Collections.Immutable;

namespace Realtime.Client;

/// <summary>Who is in a channel.</summary>
/// <param name="Members">Everybody; empty when the server only counts (above its roster limit).</param>
/// <param name="Count">How many there are.</param>
/// <param name="Revision">The presence revision this is the state of.</param>
public sealed record PresenceInfo(ImmutableArray<Member> Members, long Count, long? Revision)
{
    /// <summary>These are a part of them; the rest follows, or has to be asked for.</summary>
    internal bool More { get; init; }

    /// <summary>This part and the next one; the revision stays that of the first, so that changes which came since are applied on top.</summary>
    internal PresenceInfo With(PresenceInfo next) => next with
    {
        Members = [.. Members.Concat(next.Members).GroupBy(member => member.Session).Select(same => same.Last())],
        Revision = Revision,
    };
}
