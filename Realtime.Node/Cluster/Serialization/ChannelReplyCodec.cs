using Google.Protobuf;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Wire.Channels;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="ChannelReply"/> ↔ protobuf.</summary>
internal static class ChannelReplyCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(ChannelReply))
        .With<ChannelReply.Published, PublishedBody>("rp", PublishedBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Retry, RetryBody>("rt", RetryBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Subscribed, SubscribedBody>("rs", SubscribedBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Page, PageBody>("rr", PageBody.Parser, ToBody, FromBody)
        .With<ChannelReply.HistoryPage, HistoryPageBody>("rh", HistoryPageBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Listening, ListeningBody>("rl", ListeningBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Noted, NotedBody>("rd", NotedBody.Parser, noted => new NotedBody { Tag = noted.Tag }, body => new(body.Tag))
        .With<ChannelReply.RosterPage, RosterPageBody>("ro", RosterPageBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Renewed, RenewedBody>("rn", RenewedBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Inspected, InspectedBody>("ri", InspectedBody.Parser, ToBody, FromBody)
        .With<ChannelReply.Refused, RefusedBody>("rx", RefusedBody.Parser, ToBody, FromBody);

    private static PublishedBody ToBody(ChannelReply.Published published) =>
        new() { Tag = published.Tag, Position = WireValues.ToValue(published.Position), IsRepeat = published.IsRepeat };

    private static ChannelReply.Published FromBody(PublishedBody body) => new(body.Tag, WireValues.ToPosition(body.Position)) { IsRepeat = body.IsRepeat };

    private static RetryBody ToBody(ChannelReply.Retry retry)
    {
        var body = new RetryBody { Tag = retry.Tag };
        if (retry.Missing is { } missing)
        {
            body.Missing = missing;
        }

        return body;
    }

    private static ChannelReply.Retry FromBody(RetryBody body) => new(body.Tag, body.HasMissing ? body.Missing : null);

    private static SubscribedBody ToBody(ChannelReply.Subscribed subscribed)
    {
        var body = new SubscribedBody
        {
            Tag = subscribed.Tag,
            Position = WireValues.ToValue(subscribed.Position),
            Head = WireValues.ToValue(subscribed.Head),
            Gap = WireValues.ToValue(subscribed.Gap),
            Roster = WireValues.ToValue(subscribed.Roster),
        };
        if (subscribed.Recovered is { } recovered)
        {
            body.Recovered = recovered;
        }

        WireValues.AddMessages(body.Messages, subscribed.Messages);
        return body;
    }

    private static ChannelReply.Subscribed FromBody(SubscribedBody body) => new(
        body.Tag, WireValues.ToRequiredPosition(body.Position), WireValues.ToRequiredPosition(body.Head), body.HasRecovered ? body.Recovered : null,
        WireValues.ToGap(body.Gap), WireValues.ToMessages(body.Messages), WireValues.ToRoster(body.Roster));

    private static PageBody ToBody(ChannelReply.Page page)
    {
        var body = new PageBody
        {
            Tag = page.Tag,
            After = WireValues.ToValue(page.After),
            Head = WireValues.ToValue(page.Head),
            Gap = WireValues.ToValue(page.Gap),
        };
        WireValues.AddMessages(body.Messages, page.Messages);
        return body;
    }

    private static ChannelReply.Page FromBody(PageBody body) => new(
        body.Tag, WireValues.ToRequiredPosition(body.After), WireValues.ToMessages(body.Messages), WireValues.ToRequiredPosition(body.Head),
        WireValues.ToGap(body.Gap));

    private static HistoryPageBody ToBody(ChannelReply.HistoryPage page)
    {
        var body = new HistoryPageBody
        {
            Tag = page.Tag,
            Position = WireValues.ToValue(page.Position),
            Head = WireValues.ToValue(page.Head),
            More = page.More,
        };
        WireValues.AddMessages(body.Messages, page.Messages);
        return body;
    }

    private static ChannelReply.HistoryPage FromBody(HistoryPageBody body) => new(
        body.Tag, WireValues.ToMessages(body.Messages), WireValues.ToRequiredPosition(body.Position), WireValues.ToRequiredPosition(body.Head), body.More);

    private static ListeningBody ToBody(ChannelReply.Listening listening) => new()
    {
        Tag = listening.Tag,
        Attempt = listening.Attempt,
        Head = WireValues.ToValue(listening.Head),
        Roster = WireValues.ToValue(listening.Roster),
    };

    private static ChannelReply.Listening FromBody(ListeningBody body) =>
        new(body.Tag, body.Attempt, WireValues.ToRequiredPosition(body.Head), WireValues.ToRoster(body.Roster));

    private static RosterPageBody ToBody(ChannelReply.RosterPage page) => new() { Tag = page.Tag, Snapshot = WireValues.ToValue(page.Snapshot) };

    private static ChannelReply.RosterPage FromBody(RosterPageBody body) =>
        new(body.Tag, WireValues.ToRoster(body.Snapshot) ?? throw new InvalidDataException("the roster is missing"));

    private static RenewedBody ToBody(ChannelReply.Renewed renewed) => new()
    {
        Tag = renewed.Tag,
        Feed = WireValues.ToValue(renewed.Feed),
        Attempt = renewed.Attempt,
        IsListening = renewed.IsListening,
        Head = WireValues.ToValue(renewed.Head),
        RevisionAfter = WireValues.ToRevisionAfter(renewed.Revision),
    };

    private static ChannelReply.Renewed FromBody(RenewedBody body) =>
        new(body.Tag, WireValues.ToFeed(body.Feed), body.Attempt, body.IsListening, WireValues.ToRequiredPosition(body.Head))
        {
            Revision = WireValues.ToRevision(body.RevisionAfter),
        };

    private static InspectedBody ToBody(ChannelReply.Inspected inspected)
    {
        var info = inspected.Info;
        var body = new InspectedBody
        {
            Tag = inspected.Tag,
            Durability = info.Durability,
            Head = WireValues.ToValue(info.Head),
            Tail = WireValues.ToValue(info.Tail),
            Pending = info.Pending,
            Rate = info.Rate,
            IsUnavailable = !info.IsAvailable,
        };
        body.Feeds.AddRange(info.Feeds.Select(node => node.Name));
        if (info.MemberCount is { } count)
        {
            body.MemberCount = count;
        }

        foreach (var (session, user) in info.Members)
        {
            var member = new PresentMemberValue { Session = WireValues.ToValue(session) };
            if (user is { } named)
            {
                member.User = named.Value;
            }

            body.Members.Add(member);
        }

        return body;
    }

    private static ChannelReply.Inspected FromBody(InspectedBody body) => new(
        body.Tag,
        new ChannelInfo(
            body.Durability, WireValues.ToPosition(body.Head), WireValues.ToPosition(body.Tail), body.Pending,
            [.. body.Feeds.Select(node => new NodeId(node))], body.Rate)
        {
            IsAvailable = !body.IsUnavailable,
            MemberCount = body.HasMemberCount ? body.MemberCount : null,
            Members =
            [
                .. body.Members.Select(member => new PresentMember(
                    WireValues.ToSession(member.Session), WireValues.ToUser(member.HasUser, member.User))),
            ],
        });

    private static RefusedBody ToBody(ChannelReply.Refused refused)
    {
        var body = new RefusedBody { Tag = refused.Tag, Code = (int)refused.Code, Message = refused.Message, Outcome = (int)refused.Outcome };
        if (refused.RetryAfter is { } after)
        {
            body.RetryAfter = after;
        }

        return body;
    }

    private static ChannelReply.Refused FromBody(RefusedBody body) => new(
        body.Tag, WireValues.ToEnum<ErrorCode>(body.Code), body.Message, body.HasRetryAfter ? body.RetryAfter : null,
        WireValues.ToEnum<Outcome>(body.Outcome));
}
