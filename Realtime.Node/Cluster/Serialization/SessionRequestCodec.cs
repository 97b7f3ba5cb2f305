using Google.Protobuf;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Messages.Wire.Sessions;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="SessionRequest"/> ↔ protobuf.</summary>
internal static class SessionRequestCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(SessionRequest))
        .With<SessionRequest.Attach, AttachBody>("sa", AttachBody.Parser, ToBody, FromBody)
        .With<SessionRequest.PutSubscription, PutSubscriptionBody>("ss", PutSubscriptionBody.Parser, ToBody, FromBody)
        .With<SessionRequest.RemoveSubscription, RemoveSubscriptionBody>("su", RemoveSubscriptionBody.Parser, ToBody, FromBody)
        .With<SessionRequest.SetPresence, SetPresenceBody>("sp", SetPresenceBody.Parser, ToBody, FromBody)
        .With<SessionRequest.SetState, SetStateBody>("sk", SetStateBody.Parser, ToBody, FromBody)
        .With<SessionRequest.Acknowledge, AcknowledgeBody>("sc", AcknowledgeBody.Parser, ToBody, FromBody)
        .With<SessionRequest.Refresh, RefreshBody>("sr", RefreshBody.Parser, ToBody, FromBody)
        .With<SessionRequest.Detach, DetachBody>("sd", DetachBody.Parser, ToBody, FromBody)
        .With<SessionRequest.End, EndBody>("se", EndBody.Parser, ToBody, FromBody)
        .With<SessionRequest.ExpireIfIdle, ExpireIfIdleBody>("sx", ExpireIfIdleBody.Parser, ToBody, FromBody)
        .With<SessionRequest.Inspect, InspectBody>("si", InspectBody.Parser, ToBody, FromBody)
        .With<SessionRequest.Disconnect, DisconnectBody>("sq", DisconnectBody.Parser, ToBody, FromBody)
        .With<SessionRequest.SubscribeByServer, SubscribeByServerBody>("sm", SubscribeByServerBody.Parser, ToBody, FromBody)
        .With<SessionRequest.UnsubscribeByServer, UnsubscribeByServerBody>("so", UnsubscribeByServerBody.Parser, ToBody, FromBody)
        .With<SessionRequest.Report, ReportBody>("sw", ReportBody.Parser, ToBody, FromBody)
        .With<SessionRequest.ContinueGrace, ContinueGraceBody>("sg", ContinueGraceBody.Parser, ToBody, FromBody);

    private static AttachBody ToBody(SessionRequest.Attach attach)
    {
        var body = new AttachBody
        {
            Session = WireValues.ToValue(attach.Session),
            Tag = attach.Tag,
            Node = attach.Node.Name,
            Connection = attach.Connection.Value,
            IsNew = attach.IsNew,
            Held = ToValue(attach.Held),
            Identity = SessionValues.ToValue(attach.Identity),
        };
        if (attach.Attempt is { } attempt)
        {
            body.Attempt = attempt;
        }

        return body;
    }

    private static SessionRequest.Attach FromBody(AttachBody body) =>
        new(WireValues.ToRequiredSession(body.Session), body.Tag, new NodeId(body.Node), new ConnectionId(body.Connection))
        {
            IsNew = body.IsNew,
            Held = ToHeld(body.Held),
            Attempt = body.HasAttempt ? body.Attempt : null,
            Identity = SessionValues.ToIdentity(body.Identity),
        };

    private static HeldValue? ToValue(HeldSession? held)
    {
        if (held is null)
        {
            return null;
        }

        var value = new HeldValue { Attachment = WireValues.ToValue(held.Attachment) };
        value.Subscriptions.AddRange(held.Subscriptions.Select(SessionValues.ToValue));
        return value;
    }

    private static HeldSession? ToHeld(HeldValue? value) => value is null
        ? null
        : new HeldSession(WireValues.ToAttachment(value.Attachment), [.. value.Subscriptions.Select(SessionValues.ToSubscription)]);

    private static PutSubscriptionBody ToBody(SessionRequest.PutSubscription put) => new()
    {
        Session = WireValues.ToValue(put.Session),
        Tag = put.Tag,
        Subscription = SessionValues.ToValue(put.Subscription),
    };

    private static SessionRequest.PutSubscription FromBody(PutSubscriptionBody body) =>
        new(WireValues.ToRequiredSession(body.Session), body.Tag, SessionValues.ToSubscription(body.Subscription));

    private static RemoveSubscriptionBody ToBody(SessionRequest.RemoveSubscription remove) =>
        new() { Session = WireValues.ToValue(remove.Session), Tag = remove.Tag, Channel = remove.Channel.Value };

    private static SessionRequest.RemoveSubscription FromBody(RemoveSubscriptionBody body) =>
        new(WireValues.ToRequiredSession(body.Session), body.Tag, WireValues.ToChannel(body.Channel));

    private static SetPresenceBody ToBody(SessionRequest.SetPresence set) => new()
    {
        Session = WireValues.ToValue(set.Session),
        Tag = set.Tag,
        Channel = set.Channel.Value,
        Data = WireValues.ToValue(set.Data),
    };

    private static SessionRequest.SetPresence FromBody(SetPresenceBody body) =>
        new(WireValues.ToRequiredSession(body.Session), body.Tag, WireValues.ToChannel(body.Channel), WireValues.ToPayload(body.Data));

    private static SetStateBody ToBody(SessionRequest.SetState set) =>
        new() { Session = WireValues.ToValue(set.Session), Tag = set.Tag, Key = set.Key, Value = WireValues.ToValue(set.Value) };

    private static SessionRequest.SetState FromBody(SetStateBody body) =>
        new(WireValues.ToRequiredSession(body.Session), body.Tag, body.Key, WireValues.ToPayload(body.Value));

    private static AcknowledgeBody ToBody(SessionRequest.Acknowledge acknowledge)
    {
        var body = new AcknowledgeBody { Session = WireValues.ToValue(acknowledge.Session), Tag = acknowledge.Tag };
        foreach (var (channel, position) in acknowledge.Positions)
        {
            body.Positions.Add(new ChannelPositionValue { Channel = channel.Value, Position = WireValues.ToValue(position) });
        }

        return body;
    }

    private static SessionRequest.Acknowledge FromBody(AcknowledgeBody body) => new(
        WireValues.ToRequiredSession(body.Session), body.Tag,
        [
            .. body.Positions.Select(value => new ChannelPosition(
                WireValues.ToChannel(value.Channel), WireValues.ToRequiredPosition(value.Position))),
        ]);

    private static RefreshBody ToBody(SessionRequest.Refresh refresh) => new()
    {
        Session = WireValues.ToValue(refresh.Session),
        Tag = refresh.Tag,
        Identity = SessionValues.ToValue(refresh.Identity),
    };

    private static SessionRequest.Refresh FromBody(RefreshBody body) => new(
        WireValues.ToRequiredSession(body.Session), body.Tag,
        SessionValues.ToIdentity(body.Identity) ?? throw new InvalidDataException("the identity is missing"));

    private static DetachBody ToBody(SessionRequest.Detach detach)
    {
        var body = new DetachBody
        {
            Session = WireValues.ToValue(detach.Session),
            Tag = detach.Tag,
            Attachment = WireValues.ToValue(detach.Attachment),
        };
        if (detach.Why is { } why)
        {
            body.Why = (int)why;
        }

        return body;
    }

    private static SessionRequest.Detach FromBody(DetachBody body) => new(
        WireValues.ToRequiredSession(body.Session), body.Tag, body.HasWhy ? WireValues.ToEnum<CloseCode>(body.Why) : null,
        WireValues.ToAttachment(body.Attachment));

    private static EndBody ToBody(SessionRequest.End end) => new() { Session = WireValues.ToValue(end.Session), Tag = end.Tag };

    private static SessionRequest.End FromBody(EndBody body) => new(WireValues.ToRequiredSession(body.Session), body.Tag);

    private static ExpireIfIdleBody ToBody(SessionRequest.ExpireIfIdle expire) =>
        new() { Session = WireValues.ToValue(expire.Session), Tag = expire.Tag };

    private static SessionRequest.ExpireIfIdle FromBody(ExpireIfIdleBody body) => new(WireValues.ToRequiredSession(body.Session), body.Tag);

    private static InspectBody ToBody(SessionRequest.Inspect inspect) =>
        new() { Session = WireValues.ToValue(inspect.Session), Tag = inspect.Tag, Brief = inspect.Brief };

    private static SessionRequest.Inspect FromBody(InspectBody body) => new(WireValues.ToRequiredSession(body.Session), body.Tag, body.Brief);

    private static DisconnectBody ToBody(SessionRequest.Disconnect disconnect)
    {
        var body = new DisconnectBody
        {
            Session = WireValues.ToValue(disconnect.Session),
            Tag = disconnect.Tag,
            Reconnect = disconnect.Reconnect,
        };
        if (disconnect.Reason is { } reason)
        {
            body.Reason = reason;
        }

        return body;
    }

    private static SessionRequest.Disconnect FromBody(DisconnectBody body) =>
        new(WireValues.ToRequiredSession(body.Session), body.Tag, body.Reconnect, body.HasReason ? body.Reason : null);

    private static SubscribeByServerBody ToBody(SessionRequest.SubscribeByServer subscribe)
    {
        var body = new SubscribeByServerBody
        {
            Session = WireValues.ToValue(subscribe.Session),
            Tag = subscribe.Tag,
            Channel = subscribe.Channel.Value,
            From = WireValues.ToValue(subscribe.From),
        };
        if (subscribe.Reason is { } reason)
        {
            body.Reason = reason;
        }

        return body;
    }

    private static SessionRequest.SubscribeByServer FromBody(SubscribeByServerBody body) => new(
        WireValues.ToRequiredSession(body.Session), body.Tag, WireValues.ToChannel(body.Channel), WireValues.ToPosition(body.From),
        body.HasReason ? body.Reason : null);

    private static UnsubscribeByServerBody ToBody(SessionRequest.UnsubscribeByServer unsubscribe)
    {
        var body = new UnsubscribeByServerBody
        {
            Session = WireValues.ToValue(unsubscribe.Session), Tag = unsubscribe.Tag, Channel = unsubscribe.Channel.Value,
        };
        if (unsubscribe.Reason is { } reason)
        {
            body.Reason = reason;
        }

        return body;
    }

    private static SessionRequest.UnsubscribeByServer FromBody(UnsubscribeByServerBody body) =>
        new(WireValues.ToRequiredSession(body.Session), body.Tag, WireValues.ToChannel(body.Channel), body.HasReason ? body.Reason : null);

    private static ReportBody ToBody(SessionRequest.Report report) => new() { Session = WireValues.ToValue(report.Session), Tag = report.Tag };

    private static SessionRequest.Report FromBody(ReportBody body) => new(WireValues.ToRequiredSession(body.Session), body.Tag);

    private static ContinueGraceBody ToBody(SessionRequest.ContinueGrace grace) => new()
    {
        Session = WireValues.ToValue(grace.Session),
        Attachment = WireValues.ToValue(grace.Attachment),
        GraceEnds = grace.GraceEnds,
    };

    private static SessionRequest.ContinueGrace FromBody(ContinueGraceBody body) =>
        new(WireValues.ToRequiredSession(body.Session), WireValues.ToAttachment(body.Attachment), body.GraceEnds);
}
