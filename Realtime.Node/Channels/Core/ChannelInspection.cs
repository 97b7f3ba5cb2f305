using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Positions;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Channels.Core;

/// <summary>What a channel says of itself to operators. Reads only.</summary>
internal static class ChannelInspection
{
    /// <param name="head">None where there is no log.</param>
    public static ChannelInfo Of(
        NamespacePolicy space, ChannelLog log, StreamPosition head, PublishQueue publishes, ChannelFeeds feeds, PresenceRoster roster, bool brief, long now) => new(
        space.Durability.ToString().ToLowerInvariant(),
        head.IsNone ? null : head,
        head.IsNone ? null : new StreamPosition(log.Epoch, log.Tail - 1),
        publishes.Count,
        [.. feeds.Nodes],
        publishes.Rate.PerSecond(now))
    {
        IsAvailable = publishes.Status is LogStatus.Usable,
        MemberCount = space.Presence ? roster.Count : null,
        Members = brief ? [] : [.. roster.Members.Take(ChannelInfo.MostMembers).Select(member => new PresentMember(member.Session, member.User))],
    };
}
