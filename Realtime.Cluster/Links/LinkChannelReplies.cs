using Realtime.Messages.Entities;
using Kind = Realtime.Messages.Links.Reply.MessageOneofCase;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>What channels answer ↔ the kinds of <see cref="Wire.Reply"/> from 3 on.</summary>
internal static class LinkChannelReplies
{
    public static void Write(ChannelReply message, Wire.Reply to)
    {
        switch (message)
        {
            case ChannelReply.Published published:
                to.Published = new Wire.Published { Position = LinkParts.ToWire(published.Position) };
                break;
            case ChannelReply.Page page:
                to.Page = new Wire.Page { After = LinkParts.ToWire(page.After), Head = LinkParts.ToWire(page.Head), Gap = LinkParts.ToWire(page.Gap) };
                LinkLogMessages.Add(to.Page.Messages, page.Messages);
                break;
            case ChannelReply.Located located:
                to.Located = new Wire.Located
                {
                    Position = LinkParts.ToWire(located.Position),
                    Head = LinkParts.ToWire(located.Head),
                    Gap = LinkParts.ToWire(located.Gap),
                };
                if (located.Recovered is { } recovered)
                {
                    to.Located.Recovered = recovered;
                }

                break;
            case ChannelReply.HistoryPage page:
                to.HistoryPage = new Wire.HistoryPage
                {
                    Position = LinkParts.ToWire(page.Position),
                    Head = LinkParts.ToWire(page.Head),
                    More = page.More,
                };
                LinkLogMessages.Add(to.HistoryPage.Messages, page.Messages);
                break;
            case ChannelReply.Listening listening:
                to.Listening = new Wire.Listening
                {
                    Generation = listening.Generation,
                    Head = LinkParts.ToWire(listening.Head),
                    Presence = LinkParts.ToWire(listening.Presence),
                };
                break;
            case ChannelReply.Noted:
                to.Noted = new Wire.Noted();
                break;
            case ChannelReply.Present present:
                to.Present = new Wire.Present { Presence = LinkParts.ToWire(present.Presence) };
                break;
            case ChannelReply.Inspected inspected:
                to.ChannelInspected = LinkChannelAccounts.ToWire(inspected.Account);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType(), "has no form on links");
        }
    }

    /// <returns>Null: not a channel's.</returns>
    public static ChannelReply? Read(Wire.Reply reply) => reply.MessageCase switch
    {
        Kind.Published => new ChannelReply.Published(LinkParts.PositionOrNull(reply.Published.Position, "published.position")),
        Kind.Page => new ChannelReply.Page(
            LinkParts.Position(reply.Page.After, "page.after"),
            LinkLogMessages.Read(reply.Page.Messages),
            LinkParts.Position(reply.Page.Head, "page.head"),
            LinkParts.Gap(reply.Page.Gap, "page.gap")),
        Kind.Located => new ChannelReply.Located(
            LinkParts.Position(reply.Located.Position, "located.position"),
            LinkParts.Position(reply.Located.Head, "located.head"),
            reply.Located.HasRecovered ? reply.Located.Recovered : null,
            LinkParts.Gap(reply.Located.Gap, "located.gap")),
        Kind.HistoryPage => new ChannelReply.HistoryPage(
            LinkLogMessages.Read(reply.HistoryPage.Messages),
            LinkParts.Position(reply.HistoryPage.Position, "history_page.position"),
            LinkParts.Position(reply.HistoryPage.Head, "history_page.head"),
            reply.HistoryPage.More),
        Kind.Listening => new ChannelReply.Listening(
            reply.Listening.Generation,
            LinkParts.Position(reply.Listening.Head, "listening.head"),
            LinkParts.RosterOrNull(reply.Listening.Presence, "listening.presence")),
        Kind.Noted => ChannelReply.Noted.Instance,
        Kind.Present => new ChannelReply.Present(LinkParts.Roster(reply.Present.Presence, "present.presence")),
        Kind.ChannelInspected => new ChannelReply.Inspected(LinkChannelAccounts.Read(reply.ChannelInspected)),
        _ => null,
    };
}
