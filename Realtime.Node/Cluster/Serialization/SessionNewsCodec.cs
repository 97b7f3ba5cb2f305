using Realtime.Messages.Errors;
using Realtime.Messages.Sessions;
using Realtime.Messages.Wire.Sessions;

namespace Realtime.Node.Cluster.Serialization;

/// <summary><see cref="SessionNews"/> ↔ protobuf.</summary>
internal static class SessionNewsCodec
{
    public static WireFamily Family { get; } = new WireFamily(typeof(SessionNews))
        .With<SessionNews.Dismissed, DismissedBody>("ud", DismissedBody.Parser, ToBody, FromBody)
        .With<SessionNews.Subscribed, SubscribedBody>("us", SubscribedBody.Parser, ToBody, FromBody)
        .With<SessionNews.Unsubscribed, UnsubscribedBody>("uu", UnsubscribedBody.Parser, ToBody, FromBody)
        .With<SessionNews.Moved, MovedBody>("um", MovedBody.Parser, ToBody, FromBody);

    private static DismissedBody ToBody(SessionNews.Dismissed dismissed) =>
        new() { Session = WireValues.ToValue(dismissed.Session), Code = (int)dismissed.Code };

    private static SessionNews.Dismissed FromBody(DismissedBody body) =>
        new(WireValues.ToRequiredSession(body.Session), WireValues.ToEnum<CloseCode>(body.Code));

    private static SubscribedBody ToBody(SessionNews.Subscribed subscribed)
    {
        var body = new SubscribedBody { Session = WireValues.ToValue(subscribed.Session), Subscription = SessionValues.ToValue(subscribed.Subscription) };
        if (subscribed.Reason is { } reason)
        {
            body.Reason = reason;
        }

        return body;
    }

    private static SessionNews.Subscribed FromBody(SubscribedBody body) => new(
        WireValues.ToRequiredSession(body.Session), SessionValues.ToSubscription(body.Subscription), body.HasReason ? body.Reason : null);

    private static UnsubscribedBody ToBody(SessionNews.Unsubscribed unsubscribed)
    {
        var body = new UnsubscribedBody { Session = WireValues.ToValue(unsubscribed.Session), Channel = unsubscribed.Channel.Value };
        if (unsubscribed.Reason is { } reason)
        {
            body.Reason = reason;
        }

        return body;
    }

    private static SessionNews.Unsubscribed FromBody(UnsubscribedBody body) =>
        new(WireValues.ToRequiredSession(body.Session), WireValues.ToChannel(body.Channel), body.HasReason ? body.Reason : null);

    private static MovedBody ToBody(SessionNews.Moved moved) => new() { Session = WireValues.ToValue(moved.Session) };

    private static SessionNews.Moved FromBody(MovedBody body) => new(WireValues.ToRequiredSession(body.Session));
}
