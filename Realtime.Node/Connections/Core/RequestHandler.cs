using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Connections.Core;

/// <summary>What a welcomed client asks for: checks it and passes it on.</summary>
internal sealed class RequestHandler(
    ConnectionContext context, SessionOutbox session, PublishOutbox publishes, ReadOutbox reads, SubscriptionHandler subscriptions,
    SubscriptionWatch watch, OpenQuestions questions)
{
    private readonly DecidedPublishes _decided = new(context, questions, publishes);

    /// <summary>Calls that the application has not answered.</summary>
    private int _calls;

    /// <summary>Publishes that wait for their channel to be joined.</summary>
    private int _held;

    /// <summary>Requests without an answer.</summary>
    public int OpenCount => session.CallCount + publishes.Count + UndecidedCount + reads.Count + subscriptions.DescribeCount + _calls;

    /// <summary>Publishes that have not gone to their channel yet.</summary>
    private int UndecidedCount => _held + _decided.Count;

    private ConnectionPolicy Policy => context.Setup.Policy;

    /// <summary>What has no answer yet is sent again in a moment: it may have been lost with a node.</summary>
    public void RepeatSoon()
    {
        session.RepeatSoon();
        publishes.RepeatSoon();
        reads.RepeatSoon();
    }

    /// <summary>Something is unanswered that may be late.</summary>
    public bool IsAsking => OpenCount > 0 || questions.Count > 0;

    /// <summary>When something is to be sent again, monotonic milliseconds.</summary>
    public long Due => Math.Min(publishes.Due, reads.Due);

    public void Replied(ChannelReply reply) => _ = publishes.Replied(reply) || reads.Replied(reply);

    /// <summary>The queue has room for a large answer.</summary>
    public void Room() => reads.Room();

    public void Sweep()
    {
        questions.Sweep();
        publishes.Sweep();
        reads.Sweep();
        subscriptions.Sweep();
    }

    public void Handle(ClientFrame frame)
    {
        switch (frame)
        {
            case ClientFrame.Subscribe subscribe when MayAsk(subscribe.Id):
                subscriptions.Handle(subscribe, subscribe.Request.Channel);
                break;
            case ClientFrame.Unsubscribe unsubscribe:
                subscriptions.Handle(unsubscribe, unsubscribe.Channel);
                break;
            case ClientFrame.Publish publish:
                Publish(publish);
                break;
            case ClientFrame.History history when MayRead(history.Id, history.Channel, ChannelRights.History):
                var limit = Math.Clamp(history.Limit ?? 100, 1, Policy.HistoryPage);
                var from = history.From ?? (history.Reverse ? StartFrom.Live : StartFrom.Start);
                reads.Read(new ChannelRequest.ReadHistory(history.Channel, context.NextTag(), from, limit, history.Reverse), history.Id);
                break;
            case ClientFrame.Presence presence when MayRead(presence.Id, presence.Channel, ChannelRights.Presence):
                reads.Read(new ChannelRequest.ReadRoster(presence.Channel, context.NextTag(), presence.After), presence.Id);
                break;
            case ClientFrame.Update update:
                Update(update);
                break;
            case ClientFrame.Set set when MayAsk(set.Id):
                Set(set);
                break;
            case ClientFrame.Refresh refresh:
                Refresh(refresh);
                break;
            case ClientFrame.Bye bye:
                End(bye);
                break;
            case ClientFrame.Call call:
                Call(call);
                break;
            case ClientFrame.Ack { Positions.Count: > 0 } ack:
                session.Acknowledge(ack.Positions);
                break;
            case ClientFrame.Pong { Acked.Count: > 0 } pong:
                session.Acknowledge(pong.Acked);
                break;
            case ClientFrame.MorePositions:
                context.Refuse(0, ErrorCode.BadRequest, "positions come right after a hello that says more");
                break;
            case ClientFrame.Malformed malformed:
                context.Refuse(malformed.Id, malformed.Code, malformed.Message);
                break;
            default:
                break;
        }
    }

    /// <summary>A subscription is not joining or leaving any more, or is gone: what came for its channel meanwhile is handled.</summary>
    public void Continue(ConnectionSubscription subscription)
    {
        var later = subscription.Later;
        subscription.Later = null;
        while (later is not null && later.TryDequeue(out var frame))
        {
            _held -= frame is ClientFrame.Publish ? 1 : 0;
            Handle(frame);
        }
    }

    private bool MayAsk(long id)
    {
        if (OpenCount < Policy.OpenRequests)
        {
            return true;
        }

        context.Refuse(id, ErrorCode.TooMany, $"more than {Policy.OpenRequests} requests without an answer", 100);
        return false;
    }

    /// <summary>
    /// A client that subscribes and publishes in one breath receives its own message, so the publish must not overtake the subscribe, which
    /// goes by way of a feed.
    /// </summary>
    private void Publish(ClientFrame.Publish publish)
    {
        var waiting = context.Subscriptions.Find(publish.Channel);
        if (waiting is { Stage: SubscriptionStage.Joining } or { Later.Count: > 0 }
            && OpenCount < Policy.OpenRequests && publishes.Count + UndecidedCount < Policy.Limits.InFlight)
        {
            (waiting.Later ??= new Queue<ClientFrame>()).Enqueue(publish);
            _held++;
            return;
        }

        if (context.Setup.Access.Check(ChannelRights.Publish, publish.Channel, context.SubjectOn(publish.Channel), out var space) is { } refusal)
        {
            context.Refuse(publish.Id, refusal);
        }
        else if (publish.Payload.Length > space!.MessageBytes)
        {
            context.Refuse(
                publish.Id, ErrorCode.TooLarge, $"the payload is {publish.Payload.Length} bytes, {space.MessageBytes} are allowed");
        }
        else if (publish.Sequence is not null && context.Producer is null)
        {
            context.Refuse(publish.Id, ErrorCode.BadRequest, "publish.seq needs a producer in hello");
        }
        else if (publishes.Count + UndecidedCount >= Policy.Limits.InFlight)
        {
            context.Refuse(publish.Id, ErrorCode.TooMany, $"more than {Policy.Limits.InFlight} publishes without an answer", 100);
        }
        else if (!MayAsk(publish.Id))
        {
            // Refused.
        }
        else if (_decided.IsBusy(publish.Channel) || context.Setup.Application?.DecidesPublish(publish.Channel) is true)
        {
            _decided.Add(publish);
        }
        else
        {
            publishes.Publish(publish);
        }
    }

    private void Call(ClientFrame.Call call)
    {
        if (context.Setup.Application?.Handles(call.Method) is not true)
        {
            context.Refuse(call.Id, ErrorCode.NotFound, "no handler for this method");
            return;
        }

        if (call.Sequence is not null && context.Producer is null)
        {
            context.Refuse(call.Id, ErrorCode.BadRequest, "call.seq needs a producer in hello");
            return;
        }

        if (!MayAsk(call.Id))
        {
            return;
        }

        _calls++;
        var producer = call.Sequence is null ? null : context.Producer;
        questions.Ask(
            new Question.Call(context.Session, context.Identity, call.Method, call.Data, producer, call.Sequence),
            verdict =>
            {
                _calls--;
                if (verdict is Verdict.Answered answered)
                {
                    context.ToClient(new ServerFrame.CallReply(call.Id, answered.Data));
                }
                else
                {
                    context.Refuse(call.Id, verdict);
                }
            });
    }

    private void Update(ClientFrame.Update update)
    {
        if (context.Subscriptions.Find(update.Channel) is not { Stage: SubscriptionStage.Active } subscription)
        {
            context.Refuse(update.Id, ErrorCode.NotSubscribed, "not subscribed to this channel");
            return;
        }

        var space = context.Setup.Namespaces.Of(update.Channel);
        if (!space.Presence)
        {
            context.Refuse(update.Id, ErrorCode.NotFound, "this namespace has no presence");
            return;
        }

        if ((AccessCheck.Presence(space, update.Data, "update.presence") ?? subscriptions.Show(subscription, update.Data)) is { } refusal)
        {
            context.Refuse(update.Id, refusal);
            return;
        }

        context.ToClient(new ServerFrame.Done(update.Id));
    }

    private void Set(ClientFrame.Set set)
    {
        var bytes = AnonymousShare.SizeOf(set.Key, set.Value);
        if (context.MaySet(set.Key, bytes) is { } refusal)
        {
            context.Refuse(set.Id, refusal);
            return;
        }

        session.Call(new SessionCall(
            new SessionRequest.SetState(context.Session, context.NextTag(), set.Key, set.Value), set.Id, context.Now.Ticks, bytes));
    }

    private void Refresh(ClientFrame.Refresh refresh)
    {
        if (refresh.Channel is { } channel)
        {
            subscriptions.Handle(refresh, channel);
            return;
        }

        var verdict = context.Setup.Tokens.Verify(refresh.Token, context.Now.Wall);
        if (verdict.Identity is not { } identity)
        {
            context.Refuse(refresh.Id, verdict.Refusal, verdict.Reason ?? "the token is refused", verdict.RetryAfter);
        }
        else if (identity.User != context.User)
        {
            context.Refuse(refresh.Id, ErrorCode.Forbidden, "the token is of another user");
        }
        else if (MayAsk(refresh.Id))
        {
            context.Identity = identity;
            watch.Recheck();
            session.Call(new SessionCall(
                new SessionRequest.Refresh(context.Session, context.NextTag(), identity), refresh.Id, context.Now.Ticks));
        }
    }

    private void End(ClientFrame.Bye bye)
    {
        if (context.Anonymous is { } counted)
        {
            counted.IsEnding = true;
        }

        session.Call(new SessionCall(new SessionRequest.End(context.Session, context.NextTag()), bye.Id, context.Now.Ticks));
    }

    private bool MayRead(long id, ChannelName channel, ChannelRights right)
    {
        var refusal = context.Setup.Access.Check(right, channel, context.SubjectOn(channel), out var space);
        refusal ??= right switch
        {
            ChannelRights.History when !space!.KeepsLog => new Refusal(ErrorCode.NotFound, "this namespace keeps no history"),
            ChannelRights.Presence when !space!.Presence => new Refusal(ErrorCode.NotFound, "this namespace has no presence"),
            _ => null,
        };
        if (refusal is { } no)
        {
            context.Refuse(id, no);
            return false;
        }

        return MayAsk(id);
    }
}
