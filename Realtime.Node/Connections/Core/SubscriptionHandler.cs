using Realtime.Messages.Channels;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// Subscribing and unsubscribing after the welcome. What comes for a channel while its subscription is joining or leaving waits, so that
/// a client may send <c>unsubscribe</c> and <c>subscribe</c> in one breath.
/// </summary>
internal sealed class SubscriptionHandler(ConnectionContext context, SessionOutbox session, ReadOutbox reads, OpenQuestions questions)
{
    /// <summary>Frames that may wait for one channel to have joined or left.</summary>
    private const int MostLater = 16;

    /// <summary>Repeated subscribes that a feed has not described yet.</summary>
    private readonly List<(long Tag, long ClientId, ChannelName Channel, long Since)> _described = [];

    /// <summary>What waited for a subscription may go on.</summary>
    public Action<ConnectionSubscription>? Settled { get; set; }

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
            case (SubscriptionStage.Active, ClientFrame.Refresh refresh):
                Extend(subscription!, refresh);
                break;
            case (null, ClientFrame.Refresh refresh):
                context.Refuse(refresh.Id, ErrorCode.NotSubscribed, "not subscribed to this channel");
                break;
            case (null, ClientFrame.Unsubscribe unsubscribe):
                context.ToClient(new ServerFrame.Done(unsubscribe.Id));
                break;
            case (SubscriptionStage.Active, ClientFrame.Unsubscribe) when channel.IsReserved:
                context.Refuse(frame.Id, ErrorCode.Forbidden, "channels that begin with ~ belong to the server");
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
        if (subscription.Dropped is not null)
        {
            // The right went while it was joining: nothing is sent of it.
            subscription.Stage = SubscriptionStage.Leaving;
            context.Effects.Add(new ConnectionEffect.Leave(subscription.Channel, Withdraws: true));
            return;
        }

        subscription.Stage = SubscriptionStage.Active;
        subscription.Position = info.Position;
        subscription.IsTold = true;
        if (subscription.RequestId == 0)
        {
            context.ToClient(new ServerFrame.Subscribed(subscription.Channel, info.Position, info.Head, subscription.Reason));
            context.Effects.Add(new ConnectionEffect.Begin(subscription.Channel, WithRoster: true));
            session.Store(subscription.Channel);
            return;
        }

        var reply = new ServerFrame.SubscribeReply(subscription.RequestId, reads.Fit(info with { Expires = subscription.Expires }));
        context.ToClient(reply);
        reads.AskForRoom();
        context.Effects.Add(new ConnectionEffect.Begin(subscription.Channel, WithRoster: reply.Info.Presence is { More: true }));
        session.Store(subscription.Channel);
    }

    public void JoinRefused(ConnectionSubscription subscription, ChannelReply.Refused reason)
    {
        context.Remove(subscription);
        if (subscription.RequestId == 0)
        {
            return; // The session asks again.
        }

        context.Refuse(subscription.RequestId, reason.Code, reason.Message, reason.RetryAfter, reason.Outcome);
    }

    public void Left(ConnectionSubscription subscription)
    {
        context.Remove(subscription);
        switch (subscription)
        {
            case { Dropped: null }:
                context.ToClient(new ServerFrame.Done(subscription.LeaveRequestId));
                break;
            case { IsTold: false, RequestId: 0 }:
                session.Store(subscription.Channel);
                break;
            case { IsTold: false }:
                context.Refuse(subscription.RequestId, ErrorCode.Forbidden, "the right to this channel is gone");
                break;
            default:
                context.ToClient(new ServerFrame.Unsubscribed(subscription.Channel, null, subscription.Dropped is "" ? null : subscription.Dropped));
                break;
        }
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
        var reply = new ServerFrame.SubscribeReply(clientId, reads.Fit(info with { Already = true, Expires = context.Subscriptions.Find(channel)?.Expires }));
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
        long? until = null;
        if ((context.MaySubscribe(request.Channel, request.Token, ref until, out var space)
            ?? context.MayBegin(request.Channel, request.From, hasToken: until is not null)) is { } refusal)
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

        if ((AccessCheck.Presence(space!, request.Presence, "subscribe.presence") ?? context.MayAdd(LimitKind.Subscriptions)) is { } no)
        {
            context.Refuse(id, no);
            return;
        }

        if (context.MayShow(null, request.Presence) is { } full)
        {
            context.Quota.Add(LimitKind.Subscriptions, -1);
            context.Refuse(id, full);
            return;
        }

        var subscription = new ConnectionSubscription(request.Channel, id) { Presence = request.Presence, TokenUntil = until };
        context.Add(subscription, isCounted: true);
        questions.MayJoin(subscription, () => context.Join(subscription, request.From ?? StartFrom.Live), no => Refused(subscription, no));
    }

    /// <summary>The application does not want it: what waited for the channel is handled without it.</summary>
    private void Refused(ConnectionSubscription subscription, Verdict verdict)
    {
        context.Remove(subscription);
        context.Refuse(subscription.RequestId, verdict);
        Settled?.Invoke(subscription);
    }

    /// <summary>Subscribed already: tells where it stands, replays nothing; a new presence is taken.</summary>
    private void Again(ConnectionSubscription subscription, ClientFrame.Subscribe subscribe)
    {
        var space = context.Setup.Namespaces.Of(subscription.Channel);
        var until = subscription.TokenUntil;
        var refusal = subscribe.Request.Token is { } token ? context.MaySubscribe(subscription.Channel, token, ref until, out _) : null;
        refusal ??= AccessCheck.Presence(space, subscribe.Request.Presence, "subscribe.presence");
        if (refusal is null && subscribe.Request.Presence is { } presence && presence != subscription.Presence && space.Presence)
        {
            refusal = Show(subscription, presence);
        }

        if (refusal is { } no)
        {
            context.Refuse(subscribe.Id, no);
            return;
        }

        Keep(subscription, until);
        var tag = context.NextTag();
        _described.Add((tag, subscribe.Id, subscription.Channel, context.Now.Ticks));
        context.Effects.Add(new ConnectionEffect.Describe(subscription.Channel, tag));
    }

    /// <summary>A new subscription token: it counts longer, or less long.</summary>
    private void Extend(ConnectionSubscription subscription, ClientFrame.Refresh refresh)
    {
        long? until = null;
        var refusal = subscription.Channel.NeedsToken
            ? context.MaySubscribe(subscription.Channel, refresh.Token, ref until, out _)
            : new Refusal(ErrorCode.BadRequest, "refresh.channel: this channel needs no subscription token");
        if (refusal is { } no)
        {
            context.Refuse(refresh.Id, no);
            return;
        }

        Keep(subscription, until);
        context.ToClient(new ServerFrame.RefreshReply(refresh.Id, subscription.Expires));
    }

    private void Keep(ConnectionSubscription subscription, long? until)
    {
        if (subscription.TokenUntil != until)
        {
            context.Subscriptions.KeepUntil(subscription, until);
            session.Store(subscription.Channel);
        }
    }
}
