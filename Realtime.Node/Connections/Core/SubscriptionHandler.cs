using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Subscribing and unsubscribing after the welcome. What comes for a channel while its subscription is joining or leaving waits, so that
/// a client may send <c>unsubscribe</c> and <c>subscribe</c> in one breath.
/// </summary>
internal sealed class SubscriptionHandler(ConnectionContext context, SessionOutbox session, ReadOutbox reads)
{
    /// <summary>Frames that may wait for one channel to have joined or left.</summary>
    private const int MostLater = 16;

    /// <summary>Repeated subscribes that a feed has not described yet.</summary>
    private readonly List<(long Tag, long ClientId, ChannelName Channel, long Since)> _described = [];

    public int DescribeCount => _described.Count;

    public void Handle(ClientFrame frame, ChannelName channel)
    {
        var subscription = context.Subscriptions.Find(channel);
        switch (subscription?.Stage, frame)
        {
            case (SubscriptionStage.Joining or SubscriptionStage.Leaving, _) when subscription!.Later?.Count(later => later is not ClientFrame.Publish) >= MostLater:
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
                context.ToClient(new ServerFrame.Done(unsubscribe.Id));
                break;
            case (SubscriptionStage.Active, ClientFrame.Unsubscribe unsubscribe):
                subscription!.Stage = SubscriptionStage.Leaving;
                subscription.LeaveRequestId = unsubscribe.Id;
                session.Store(channel);
                context.Effects.Add(new ConnectionEffect.Leave(channel, Withdraws: true));
                break;
            default:
                break;
        }
    }

    public void Joined(ConnectionSubscription subscription, SubscriptionInfo info)
    {
        subscription.Stage = SubscriptionStage.Active;
        subscription.Position = info.Position;
        var reply = new ServerFrame.SubscribeReply(subscription.RequestId, reads.Fit(info));
        context.ToClient(reply);
        reads.AskForRoom();
        context.Effects.Add(new ConnectionEffect.Begin(subscription.Channel, WithRoster: reply.Info.Presence is { More: true }));
        session.Store(subscription.Channel);
    }

    public void JoinRefused(ConnectionSubscription subscription, ChannelReply.Refused reason)
    {
        context.Remove(subscription);
        context.Refuse(subscription.RequestId, reason.Code, reason.Message, reason.RetryAfter, reason.Outcome);
    }

    public void Left(ConnectionSubscription subscription)
    {
        context.Remove(subscription);
        context.ToClient(new ServerFrame.Done(subscription.LeaveRequestId));
    }

    /// <param name="withdraws">The session has ended: it is not present anywhere any more.</param>
    public void LeaveAll(bool withdraws)
    {
        foreach (var subscription in context.Subscriptions)
        {
            if (subscription.Stage is not SubscriptionStage.Leaving)
            {
                subscription.Stage = SubscriptionStage.Leaving;
                context.Effects.Add(new ConnectionEffect.Leave(subscription.Channel, withdraws));
            }
        }
    }

    /// <summary>A subscription that was there already: tells where it stands.</summary>
    public void Described(long tag, SubscriptionInfo info)
    {
        var index = _described.FindIndex(asked => asked.Tag == tag);
        if (index < 0)
        {
            return;
        }

        var (_, clientId, channel, _) = _described[index];
        _described.RemoveAt(index);
        var reply = new ServerFrame.SubscribeReply(clientId, reads.Fit(info with { Already = true }));
        context.ToClient(reply);
        reads.AskForRoom();
        if (reply.Info.Presence is { More: true })
        {
            context.Effects.Add(new ConnectionEffect.SendRoster(channel));
        }
    }

    public void Sweep()
    {
        while (_described.Count > 0 && context.Now.Ticks - _described[0].Since > ConnectionMachine.RequestTimeout)
        {
            var late = _described[0].ClientId;
            _described.RemoveAt(0);
            context.TimeOut(late);
        }
    }

    /// <summary>Changes what others see of the session on a channel.</summary>
    public Refusal? Show(ConnectionSubscription subscription, Payload presence)
    {
        if (context.MayShow(subscription.Presence, presence) is { } full)
        {
            return full;
        }

        subscription.Presence = presence;
        session.Store(subscription.Channel);
        context.Effects.Add(new ConnectionEffect.ShowPresence(subscription.Channel, context.MemberOf(presence)!));
        return null;
    }

    private void Join(long id, SubscriptionRequest request)
    {
        if ((context.MaySubscribe(request.Channel, out var space) ?? context.MayBegin(request.Channel, request.From)) is { } refusal)
        {
            context.Refuse(id, refusal);
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

        if ((AccessCheck.Presence(space!, request.Presence, "subscribe.presence") ?? context.MayShow(null, request.Presence)) is { } no)
        {
            context.Refuse(id, no);
            return;
        }

        context.Subscriptions.Add(new ConnectionSubscription(request.Channel, id) { Presence = request.Presence });
        context.Join(request.Channel, request.From ?? StartFrom.Live, request.Presence);
    }

    /// <summary>Subscribed already: tells where it stands, replays nothing; a new presence is taken.</summary>
    private void Again(ConnectionSubscription subscription, ClientFrame.Subscribe subscribe)
    {
        var space = context.Setup.Namespaces.Of(subscription.Channel);
        var refusal = AccessCheck.Presence(space, subscribe.Request.Presence, "subscribe.presence");
        if (refusal is null && subscribe.Request.Presence is { } presence && presence != subscription.Presence && space.Presence)
        {
            refusal = Show(subscription, presence);
        }

        if (refusal is { } no)
        {
            context.Refuse(subscribe.Id, no);
            return;
        }

        var tag = context.NextTag();
        _described.Add((tag, subscribe.Id, subscription.Channel, context.Now.Ticks));
        context.Effects.Add(new ConnectionEffect.Describe(subscription.Channel, tag));
    }
}
