using Google.Protobuf;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Wire.Channels;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="ChannelRequest"/> ↔ protobuf.</summary>
internal static class ChannelRequestCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(ChannelRequest))
        .With<ChannelRequest.Publish, PublishBody>("cp", PublishBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.PublishMany, PublishManyBody>("cm", PublishManyBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Subscribe, SubscribeBody>("cs", SubscribeBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Read, ReadBody>("cr", ReadBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.ReadHistory, ReadHistoryBody>("ch", ReadHistoryBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Listen, ListenBody>("cl", ListenBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Unlisten, UnlistenBody>("cu", UnlistenBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Claim, ClaimBody>("cc", ClaimBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Withdraw, WithdrawBody>("cw", WithdrawBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.ReadRoster, ReadRosterBody>("co", ReadRosterBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Renew, RenewBody>("cn", RenewBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Taken, TakenBody>("ct", TakenBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Report, ReportBody>("ce", ReportBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Inspect, InspectBody>("ci", InspectBody.Parser, ToBody, FromBody)
        .With<ChannelRequest.Trim, TrimBody>(
            "cx",
            TrimBody.Parser,
            trim => new() { Channel = trim.Channel.Value, Tag = trim.Tag, Through = trim.Through },
            body => new(WireValues.ToChannel(body.Channel), body.Tag, body.Through));

    private static PublishBody ToBody(ChannelRequest.Publish publish)
    {
        var body = new PublishBody
        {
            Channel = publish.Channel.Value,
            Tag = publish.Tag,
            Payload = WireValues.ToBytes(publish.Payload),
            Binary = publish.Payload.IsBinary,
            FromHigh = (ulong)(publish.From.Value >> 64),
            FromLow = (ulong)publish.From.Value,
            NoEcho = !publish.Echo,
            Trace = WireValues.ToBytes(publish.Trace),
            Except = WireValues.ToValue(publish.Except),
            Expected = WireValues.ToValue(publish.Expected),
        };
        if (publish.User is { } user)
        {
            body.User = user.Value;
        }

        if (publish.Producer is { } producer)
        {
            body.Producer = producer.Value;
        }

        if (publish.Sequence is { } sequence)
        {
            body.Sequence = sequence;
        }

        if (publish.Predecessor is { } predecessor)
        {
            body.Predecessor = predecessor;
        }

        if (publish.Expires is { } expires)
        {
            body.Expires = expires;
        }

        WireValues.AddTags(body.Tags, publish.Tags);
        return body;
    }

    private static ChannelRequest.Publish FromBody(PublishBody body) => FromBody(body, WireValues.ToChannel(body.Channel));

    private static ChannelRequest.Publish FromBody(PublishBody body, ChannelName channel) => new(
        channel, body.Tag, new(body.Payload.Memory, body.Binary),
        WireValues.ToSession(body.FromHigh, body.FromLow), WireValues.ToUser(body.HasUser, body.User))
    {
        Producer = body.HasProducer ? ToProducer(body.Producer) : null,
        Sequence = body.HasSequence ? body.Sequence : null,
        Predecessor = body.HasPredecessor ? body.Predecessor : null,
        Echo = !body.NoEcho,
        Tags = WireValues.ToTags(body.Tags),
        Trace = WireValues.ToTrace(body.Trace),
        Except = WireValues.ToSession(body.Except),
        Expires = body.HasExpires ? body.Expires : null,
        Expected = WireValues.ToPosition(body.Expected),
    };

    private static PublishManyBody ToBody(ChannelRequest.PublishMany many)
    {
        var body = new PublishManyBody { Channel = many.Channel.Value };
        foreach (var publish in many.Publishes)
        {
            var one = ToBody(publish);
            one.Channel = "";
            body.Publishes.Add(one);
        }

        return body;
    }

    private static ChannelRequest.PublishMany FromBody(PublishManyBody body)
    {
        var channel = WireValues.ToChannel(body.Channel);
        return new ChannelRequest.PublishMany(channel, [.. body.Publishes.Select(publish => FromBody(publish, channel))]);
    }

    private static ProducerId ToProducer(string text) =>
        ProducerId.TryRead(text, out var producer) ? producer : throw new InvalidDataException("no producer has this id");

    private static SubscribeBody ToBody(ChannelRequest.Subscribe subscribe) => new()
    {
        Channel = subscribe.Channel.Value,
        Tag = subscribe.Tag,
        From = WireValues.ToValue(subscribe.From),
        PageMessages = subscribe.PageMessages,
        PageBytes = subscribe.PageBytes,
        WantsRoster = subscribe.WantsRoster,
    };

    private static ChannelRequest.Subscribe FromBody(SubscribeBody body) => new(
        WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToStart(body.From), body.PageMessages, body.PageBytes, body.WantsRoster);

    private static ReadBody ToBody(ChannelRequest.Read read) => new()
    {
        Channel = read.Channel.Value,
        Tag = read.Tag,
        After = WireValues.ToValue(read.After),
        PageMessages = read.PageMessages,
        PageBytes = read.PageBytes,
    };

    private static ChannelRequest.Read FromBody(ReadBody body) => new(
        WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToRequiredPosition(body.After), body.PageMessages, body.PageBytes);

    private static ReadHistoryBody ToBody(ChannelRequest.ReadHistory read) => new()
    {
        Channel = read.Channel.Value,
        Tag = read.Tag,
        From = WireValues.ToValue(read.From),
        PageMessages = read.PageMessages,
        Reverse = read.Reverse,
    };

    private static ChannelRequest.ReadHistory FromBody(ReadHistoryBody body) => new(
        WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToStart(body.From), body.PageMessages, body.Reverse);

    private static ListenBody ToBody(ChannelRequest.Listen listen) => new()
    {
        Channel = listen.Channel.Value,
        Tag = listen.Tag,
        Feed = WireValues.ToValue(listen.Feed),
        Attempt = listen.Attempt,
        Known = WireValues.ToValue(listen.Known),
        RevisionAfter = WireValues.ToRevisionAfter(listen.Revision),
    };

    private static ChannelRequest.Listen FromBody(ListenBody body) =>
        new(WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToFeed(body.Feed), body.Attempt)
        {
            Known = WireValues.ToRoster(body.Known),
            Revision = WireValues.ToRevision(body.RevisionAfter),
        };

    private static UnlistenBody ToBody(ChannelRequest.Unlisten unlisten) => new()
    {
        Channel = unlisten.Channel.Value,
        Tag = unlisten.Tag,
        Feed = WireValues.ToValue(unlisten.Feed),
        Attempt = unlisten.Attempt,
    };

    private static ChannelRequest.Unlisten FromBody(UnlistenBody body) =>
        new(WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToFeed(body.Feed), body.Attempt);

    private static ClaimBody ToBody(ChannelRequest.Claim claim)
    {
        var body = new ClaimBody { Channel = claim.Channel.Value, Tag = claim.Tag, Feed = WireValues.ToValue(claim.Feed) };
        foreach (var (member, stamp) in claim.Claims)
        {
            body.Claims.Add(new ClaimValue { Member = WireValues.ToValue(member), Stamp = WireValues.ToValue(stamp) });
        }

        return body;
    }

    private static ChannelRequest.Claim FromBody(ClaimBody body) => new(
        WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToFeed(body.Feed),
        [.. body.Claims.Select(claim => new PresenceClaim(WireValues.ToMember(claim.Member), WireValues.ToStamp(claim.Stamp)))]);

    private static WithdrawBody ToBody(ChannelRequest.Withdraw withdraw) => new()
    {
        Channel = withdraw.Channel.Value,
        Tag = withdraw.Tag,
        Session = WireValues.ToValue(withdraw.Session),
        Stamp = WireValues.ToValue(withdraw.Stamp),
    };

    private static ChannelRequest.Withdraw FromBody(WithdrawBody body) =>
        new(WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToRequiredSession(body.Session), WireValues.ToStamp(body.Stamp));

    private static ReadRosterBody ToBody(ChannelRequest.ReadRoster read) =>
        new() { Channel = read.Channel.Value, Tag = read.Tag, After = WireValues.ToValue(read.After) };

    private static ChannelRequest.ReadRoster FromBody(ReadRosterBody body) =>
        new(WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToSession(body.After));

    private static RenewBody ToBody(ChannelRequest.Renew renew) => new()
    {
        Channel = renew.Channel.Value,
        Tag = renew.Tag,
        Feed = WireValues.ToValue(renew.Feed),
        Attempt = renew.Attempt,
        Progress = WireValues.ToValue(renew.Progress),
    };

    private static ChannelRequest.Renew FromBody(RenewBody body) =>
        new(WireValues.ToChannel(body.Channel), body.Tag, WireValues.ToFeed(body.Feed), body.Attempt)
        {
            Progress = WireValues.ToProgress(body.Progress),
        };

    private static TakenBody ToBody(ChannelRequest.Taken taken) =>
        new() { Channel = taken.Channel.Value, Feed = WireValues.ToValue(taken.Feed), Attempt = taken.Attempt, Through = taken.Through };

    private static ChannelRequest.Taken FromBody(TakenBody body) =>
        new(WireValues.ToChannel(body.Channel), WireValues.ToFeed(body.Feed), body.Attempt, body.Through);

    private static ReportBody ToBody(ChannelRequest.Report report)
    {
        var body = new ReportBody { Channel = report.Channel.Value, Tag = report.Tag };
        body.Members.AddRange(report.Members.Select(member => WireValues.ToValue(member)));
        return body;
    }

    private static ChannelRequest.Report FromBody(ReportBody body) =>
        new(WireValues.ToChannel(body.Channel), body.Tag, [.. body.Members.Select(WireValues.ToRequiredSession)]);

    private static InspectBody ToBody(ChannelRequest.Inspect inspect) =>
        new() { Channel = inspect.Channel.Value, Tag = inspect.Tag, Brief = inspect.Brief };

    private static ChannelRequest.Inspect FromBody(InspectBody body) => new(WireValues.ToChannel(body.Channel), body.Tag, body.Brief);
}
