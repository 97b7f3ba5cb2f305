using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Feeds.Core;

/// <summary>What a feed says to its channel of one session.</summary>
internal abstract record PresenceStatement(SessionId Session)
{
    public sealed record Claimed(PresenceClaim Claim) : PresenceStatement(Claim.Member.Session);

    public sealed record Withdrawn(SessionId Session, PresenceStamp Stamp) : PresenceStatement(Session);
}
