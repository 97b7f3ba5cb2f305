using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Messages.Frames;

/// <summary>
/// Where a subscription stands, as told in <c>welcome</c> and in the reply to <c>subscribe</c>: the stream goes on after
/// <see cref="Position"/>, and what lies between it and <see cref="Head"/> is replayed before live messages.
/// Positions are null where the namespace keeps no log.
/// </summary>
public sealed record SubscriptionInfo(ChannelName Channel, StreamPosition? Position, StreamPosition? Head)
{
    /// <summary>Answers a <c>from</c> that was a position: true when nothing is missing. Null for any other start.</summary>
    public bool? Recovered { get; init; }

    public GapNotice? Gap { get; init; }

    /// <summary>True on a repeated subscribe: nothing is replayed.</summary>
    public bool Already { get; init; }

    /// <summary>When its subscription token is over, milliseconds since 1970; null: none has an end.</summary>
    public long? Expires { get; init; }

    /// <summary>Null where the subscriber may not see presence, or the namespace has none.</summary>
    public PresenceSnapshot? Presence { get; init; }
}
