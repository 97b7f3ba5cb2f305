using Google.Protobuf;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Messages.Wire.Sessions;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="SessionReply"/> ↔ protobuf.</summary>
internal static class SessionReplyCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(SessionReply))
        .With<SessionReply.Attached, AttachedBody>("ta", AttachedBody.Parser, ToBody, FromBody)
        .With<SessionReply.Unknown, TagBody>("tu", TagBody.Parser, TagOf, body => new(body.Tag))
        .With<SessionReply.Superseded, TagBody>("ts", TagBody.Parser, TagOf, body => new(body.Tag))
        .With<SessionReply.NotAttached, TagBody>("tn", TagBody.Parser, TagOf, body => new(body.Tag))
        .With<SessionReply.Done, TagBody>("td", TagBody.Parser, TagOf, body => new(body.Tag))
        .With<SessionReply.Kept, TagBody>("tk", TagBody.Parser, TagOf, body => new(body.Tag))
        .With<SessionReply.Inspected, InspectedBody>("ti", InspectedBody.Parser, ToBody, FromBody)
        .With<SessionReply.Retry, TagBody>("tr", TagBody.Parser, TagOf, body => new(body.Tag))
        .With<SessionReply.Refused, RefusedBody>("tx", RefusedBody.Parser, ToBody, FromBody);

    private static TagBody TagOf(SessionReply reply) => new() { Tag = reply.Tag };

    private static AttachedBody ToBody(SessionReply.Attached attached)
    {
        var body = new AttachedBody
        {
            Tag = attached.Tag, Attachment = WireValues.ToValue(attached.Attachment), Identity = SessionValues.ToValue(attached.Identity),
        };
        body.Subscriptions.AddRange(attached.Subscriptions.Select(SessionValues.ToValue));
        body.State.AddRange(attached.State.Select(entry => new StateValue { Key = entry.Key, Value = WireValues.ToValue(entry.Value) }));
        return body;
    }

    private static SessionReply.Attached FromBody(AttachedBody body) => new(
        body.Tag, WireValues.ToAttachment(body.Attachment), SessionValues.ToIdentity(body.Identity))
    {
        Subscriptions = [.. body.Subscriptions.Select(SessionValues.ToSubscription)],
        State = [.. body.State.Select(ToEntry)],
    };

    private static KeyValuePair<string, Payload> ToEntry(StateValue state) =>
        new(state.Key, WireValues.ToPayload(state.Value) ?? throw new InvalidDataException("a value of the state is missing"));

    private static InspectedBody ToBody(SessionReply.Inspected inspected)
    {
        var info = inspected.Info;
        var body = new InspectedBody
        {
            Tag = inspected.Tag,
            Phase = (int)info.Phase,
            Attachment = WireValues.ToValue(info.Attachment),
            SubscriptionCount = info.SubscriptionCount,
        };
        if (info.User is { } user)
        {
            body.User = user.Value;
        }

        if (info.Node is { } node)
        {
            body.Node = node.Name;
        }

        if (info.Connection is { } connection)
        {
            body.Connection = connection.Value;
        }

        if (info.Since is { } since)
        {
            body.Since = since;
        }

        if (info.Expires is { } expires)
        {
            body.Expires = expires;
        }

        body.StateKeys.AddRange(info.StateKeys);
        body.Subscriptions.AddRange(info.Subscriptions.Select(ToValue));
        body.History.AddRange(info.History.Select(ToValue));
        return body;
    }

    private static SessionReply.Inspected FromBody(InspectedBody body) => new(
        body.Tag,
        new SessionInfo(
            WireValues.ToEnum<SessionPhase>(body.Phase), WireValues.ToUser(body.HasUser, body.User), body.HasNode ? new NodeId(body.Node) : null,
            body.HasConnection ? new ConnectionId(body.Connection) : null, WireValues.ToAttachment(body.Attachment), body.SubscriptionCount)
        {
            Since = body.HasSince ? body.Since : null,
            Expires = body.HasExpires ? body.Expires : null,
            StateKeys = [.. body.StateKeys],
            Subscriptions = [.. body.Subscriptions.Select(ToAccount)],
            History = [.. body.History.Select(ToOccurrence)],
        });

    private static AccountValue ToValue(SubscriptionAccount account) => new()
    {
        Channel = account.Channel.Value,
        Position = WireValues.ToValue(account.Position),
        IsPresent = account.IsPresent,
        ByServer = account.ByServer,
    };

    private static SubscriptionAccount ToAccount(AccountValue value) =>
        new(WireValues.ToChannel(value.Channel), WireValues.ToPosition(value.Position), value.IsPresent, value.ByServer);

    private static OccurrenceValue ToValue(SessionOccurrence occurrence)
    {
        var value = new OccurrenceValue { What = (int)occurrence.What, At = occurrence.At };
        if (occurrence.Node is { } node)
        {
            value.Node = node.Name;
        }

        if (occurrence.Why is { } why)
        {
            value.Why = why;
        }

        return value;
    }

    private static SessionOccurrence ToOccurrence(OccurrenceValue value) => new(
        WireValues.ToEnum<SessionChange>(value.What), value.At, value.HasNode ? new NodeId(value.Node) : null, value.HasWhy ? value.Why : null);

    private static RefusedBody ToBody(SessionReply.Refused refused)
    {
        var body = new RefusedBody { Tag = refused.Tag, Code = (int)refused.Code, Message = refused.Message, Outcome = (int)refused.Outcome };
        if (refused.RetryAfter is { } after)
        {
            body.RetryAfter = after;
        }

        return body;
    }

    private static SessionReply.Refused FromBody(RefusedBody body) => new(
        body.Tag, WireValues.ToEnum<ErrorCode>(body.Code), body.Message, body.HasRetryAfter ? body.RetryAfter : null,
        WireValues.ToEnum<Outcome>(body.Outcome));
}
