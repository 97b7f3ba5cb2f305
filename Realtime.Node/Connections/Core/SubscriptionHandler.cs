using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Subscribing and unsubscribing after the welcome. What comes for a channel while its subscription is joining or leaving waits, so that
/// a client may send <c>unsubscribe</c> and <c>subscribe</c> in one breath.
/// </summary>
internal sealed class SubscriptionHandler(ConnectionContext context, RequestHandler requests)
{
    /// <summary>Frames that may wait for one channel to have joined or left.</summary>
    private const int MostLater = 16;

    public void Handle(ClientFrame frame, ChannelName channel)
    {
        var subscription = context.Find(channel);
        switch (subscription?.Stage, frame)
        {
            case (SubscriptionStage.Joining or SubscriptionStage.Leaving, _) when subscription!.Later is { Count: >= MostLater }:
                context.Refuse(frame.Id, ErrorCode.TooMany, "too many requests for this channel wait", 100);
                break;
            case (SubscriptionStage.Joining or SubscriptionStage.Leaving, _):
                (subscription!.Later ??= new Queue<ClientFrame>()).Enqueue(frame);
                break;
            case (null, ClientFrame.Subscribe subscribe):
                Join(subscribe.Id, subscribe.Request);
                break;
            case (SubscriptionStage.Active, ClientFrame.Subscribe subscribe):
                Again(subscription!, subscribe);
                break;
            case (null, ClientFrame.Unsubscribe unsubscribe):
                context.Send(new ServerFrame.Done(unsubscribe.Id));
                break;
            case (SubscriptionStage.Active, ClientFrame.Unsubscribe unsubscribe):
                subscription!.Stage = SubscriptionStage.Leaving;
                subscription.LeaveRequestId = unsubscribe.Id;
                context.TellSession(new SessionRequest.RemoveSubscription(context.Attachment, channel));
                context.Effects.Add(new ConnectionEffect.Leave(channel));
                break;
            default:
                break;
        }
    }

    public void Joined(ConnectionSubscription subscription, SubscriptionInfo info)
    {
        subscription.Stage = SubscriptionStage.Active;
        var reply = requests.Fit(subscription.RequestId, info);
        context.Send(reply);
        requests.Next();
        context.Effects.Add(new ConnectionEffect.Begin(subscription.Channel, WithRoster: reply.Info.Presence is { More: true }));
        subscription.Position = info.Position;
        context.TellSession(new SessionRequest.PutSubscription(context.Attachment, subscription.ForSession()));
        Continue(subscription);
    }

    public void JoinRefused(ConnectionSubscription subscription, EntityReply.Refused refusal)
    {
        context.Remove(subscription);
        context.Refuse(subscription.RequestId, refusal.Code, refusal.Message, refusal.RetryAfter, refusal.Outcome);
        Continue(subscription);
    }

    public void Left(ConnectionSubscription subscription)
    {
        context.Remove(subscription);
        context.Send(new ServerFrame.Done(subscription.LeaveRequestId));
        Continue(subscription);
    }

    public void LeaveAll()
    {
        foreach (var subscription in context.Subscriptions)
        {
            if (subscription.Stage is not SubscriptionStage.Leaving)
            {
                subscription.Stage = SubscriptionStage.Leaving;
                context.Effects.Add(new ConnectionEffect.Leave(subscription.Channel));
            }
        }
    }

    private void Continue(ConnectionSubscription subscription)
    {
        var later = subscription.Later;
        subscription.Later = null;
        while (later is { Count: > 0 })
        {
            Handle(later.Dequeue(), subscription.Channel);
        }
    }

    private void Join(long id, SubscriptionRequest request)
    {
        if (context.Setup.Access.Subscribe(request.Channel, context.User, out var space) is { } refusal)
        {
            context.Refuse(id, refusal.Code, refusal.Text);
            return;
        }

        if (context.Subscriptions.Count >= context.Setup.Policy.Limits.Subscriptions)
        {
            context.Refuse(id, ErrorCode.TooMany, $"a session has at most {context.Setup.Policy.Limits.Subscriptions} subscriptions");
            return;
        }

        if (request.Presence is not null && !space!.Presence)
        {
            context.Refuse(id, ErrorCode.BadRequest, "subscribe.presence: this namespace has no presence");
            return;
        }

        if (AccessCheck.Presence(space!, request.Presence, "subscribe.presence") is { } tooLarge)
        {
            context.Refuse(id, tooLarge.Code, tooLarge.Text);
            return;
        }

        if (context.MayShow(null, request.Presence) is { } full)
        {
            context.Refuse(id, full);
            return;
        }

        context.Add(new ConnectionSubscription(request.Channel, id) { Presence = request.Presence });
        context.Effects.Add(new ConnectionEffect.Join(request.Channel, context.Session, request.From ?? StartFrom.Live));
    }

    /// <summary>Where a subscription stands that was there already.</summary>
    public void Described(OpenRequest request, SubscriptionInfo info)
    {
        var reply = requests.Fit(request.Id, info with { Already = true });
        context.Send(reply);
        requests.Next();
        if (reply.Info.Presence is { More: true })
        {
            context.Effects.Add(new ConnectionEffect.SendRoster(request.Channel));
        }
    }

    /// <summary>Subscribed already: tells where it stands, replays nothing; a new presence is taken.</summary>
    private void Again(ConnectionSubscription subscription, ClientFrame.Subscribe subscribe)
    {
        if (!requests.MayAsk(subscribe.Id))
        {
            return;
        }

        var space = context.Setup.Namespaces.Of(subscription.Channel);
        if (AccessCheck.Presence(space, subscribe.Request.Presence, "subscribe.presence") is { } refusal)
        {
            context.Refuse(subscribe.Id, refusal.Code, refusal.Text);
            return;
        }

        if (subscribe.Request.Presence is { } presence && presence != subscription.Presence && space.Presence)
        {
            if (context.MayShow(subscription.Presence, presence) is { } full)
            {
                context.Refuse(subscribe.Id, full);
                return;
            }

            subscription.Presence = presence;
            context.TellSession(new SessionRequest.UpdatePresence(context.Attachment, subscription.Channel, presence));
        }

        context.Effects.Add(new ConnectionEffect.Describe(
            subscription.Channel, requests.Track(subscribe.Id, RequestKind.Describe, subscription.Channel)));
    }
}
