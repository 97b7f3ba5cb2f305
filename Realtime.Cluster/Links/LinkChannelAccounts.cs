using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>What a channel tells an operator ↔ <see cref="Wire.ChannelInspected"/>.</summary>
internal static class LinkChannelAccounts
{
    public static Wire.ChannelInspected ToWire(ChannelAccount account)
    {
        var wire = new Wire.ChannelInspected
        {
            Durability = account.Durability,
            Head = LinkParts.ToWire(account.Head),
            Tail = LinkParts.ToWire(account.Tail),
            Pending = account.Pending,
            Rate = account.Rate,
        };
        wire.Listeners.AddRange(account.Listeners.Select(node => node.Name));
        if (account.MemberCount is { } count)
        {
            wire.MemberCount = count;
        }

        foreach (var member in account.Members)
        {
            var present = new Wire.PresentMember { Session = LinkFields.ToBytes(member.Session) };
            if (member.User is { } user)
            {
                present.User = user.Value;
            }

            wire.Members.Add(present);
        }

        return wire;
    }

    public static ChannelAccount Read(Wire.ChannelInspected account) => new(
        account.Durability,
        LinkParts.PositionOrNull(account.Head, "channel_inspected.head"),
        LinkParts.PositionOrNull(account.Tail, "channel_inspected.tail"),
        LinkFields.Count(account.Pending, "channel_inspected.pending"),
        LinkParts.ReadAll(account.Listeners, static node => LinkFields.Node(node, "channel_inspected.listeners")),
        double.IsFinite(account.Rate) && account.Rate >= 0 ? account.Rate : throw LinkFault.Of("channel_inspected.rate", "is not a rate"))
    {
        MemberCount = account.HasMemberCount ? LinkFields.Count(account.MemberCount, "channel_inspected.member_count") : null,
        Members = LinkParts.ReadAll(account.Members, static member => new PresentMember(
            LinkFields.Session(member.Session, "channel_inspected.members.session"),
            LinkFields.UserOrNone(member.HasUser, member.User, "channel_inspected.members.user"))),
    };
}
