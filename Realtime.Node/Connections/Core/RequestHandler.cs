using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections.Core;

/// <summary>What a welcomed client asks for: checks it, passes it to the entity that can answer, and puts the answer into a frame.</summary>
internal sealed class RequestHandler(ConnectionContext context)
{
    private LargeAnswers? _large;

    private ConnectionPolicy Policy => context.Setup.Policy;

    public void Room() => _large?.Room();

    /// <summary>The reply to a subscribe, without the members if they are too many to go with it; send it, then call <see cref="Next"/>.</summary>
    public ServerFrame.SubscribeReply Fit(long id, SubscriptionInfo info) => new(id, (_large ??= new LargeAnswers(context)).Fit(info));

    /// <summary>An answer is out, or its request has timed out: the next may be asked for.</summary>
    public void Next() => _large?.Next();

    public void Handle(ClientFrame frame)
    {
        switch (frame)
        {
            case ClientFrame.Publish publish:
                Publish(publish);
                break;
            case ClientFrame.History history when Allowed(history.Id, history.Channel, keepsLog: true):
                var limit = Math.Clamp(history.Limit ?? 100, 1, Policy.HistoryPage);
                var from = history.From ?? (history.Reverse ? StartFrom.Live : StartFrom.Start);
                AskForMuch(
                    new OpenRequest(history.Id, RequestKind.History, context.Now.Ticks, history.Channel),
                    new ChannelRequest.ReadHistory(from, limit, history.Reverse));
                break;
            case ClientFrame.Presence presence when Allowed(presence.Id, presence.Channel, presence: true):
                AskForMuch(
                    new OpenRequest(presence.Id, RequestKind.Presence, context.Now.Ticks, presence.Channel) { After = presence.After },
                    new ChannelRequest.WhoIsHere());
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
            case ClientFrame.Call call:
                context.Refuse(call.Id, ErrorCode.NotFound, "no handler for this method");
                break;
            case ClientFrame.Ack ack:
                Acknowledge(ack.Positions);
                break;
            case ClientFrame.Pong pong:
                Acknowledge(pong.Acked);
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

    public void Answer(OpenRequest request, EntityReply reply)
    {
        Settle(request, reply);
        if (request.Id == 0)
        {
            return;
        }

        switch (reply)
        {
            case ChannelReply.Published published:
                context.Send(new ServerFrame.PublishReply(request.Id, published.Position));
                break;
            case ChannelReply.HistoryPage page:
                context.Send(new ServerFrame.HistoryReply(
                    request.Id, request.Channel, page.Messages, page.Position, page.Head, page.More));
                break;
            case ChannelReply.Present present:
                context.Send(new ServerFrame.PresenceReply(request.Id, RosterPart.Of(present.Presence, request.After, Policy.AnswerBytes)));
                break;
            case SessionReply.Done when request.Kind is RequestKind.Refresh:
                context.Send(new ServerFrame.RefreshReply(request.Id, request.Expires));
                break;
            case SessionReply.Done:
                context.Send(new ServerFrame.Done(request.Id));
                break;
            case EntityReply.Refused refused:
                context.Refuse(request.Id, refused.Code, refused.Message, refused.RetryAfter, refused.Outcome);
                break;
            case SessionReply.Stale:
                context.Refuse(request.Id, ErrorCode.Unavailable, "the session is held by a newer connection");
                break;
            case SessionReply.Unknown:
                context.Refuse(request.Id, ErrorCode.Unavailable, "the session's new owner does not know this connection yet", 1000);
                break;
            default:
                context.Refuse(request.Id, ErrorCode.Internal, "unexpected answer", null, Outcome.Unknown);
                break;
        }
    }

    /// <summary>No answer came in time: the request may have been carried out, or may be yet.</summary>
    public void TimeOut(OpenRequest late)
    {
        Settle(late, null);
        context.Refuse(late.Id, ErrorCode.Timeout, "no answer in time", 1000, Outcome.Unknown);
    }

    public long Track(long id, RequestKind kind, Messages.Ids.ChannelName channel = default, long? expires = null) =>
        context.Open.Add(new OpenRequest(id, kind, context.Now.Ticks, channel, expires));

    public bool MayAsk(long id)
    {
        if (context.OpenCount < Policy.OpenRequests)
        {
            return true;
        }

        context.Refuse(id, ErrorCode.TooMany, $"more than {Policy.OpenRequests} requests without an answer", 100);
        return false;
    }

    private void Publish(ClientFrame.Publish publish)
    {
        var subscribed = context.IsSubscribed(publish.Channel);
        if (context.Setup.Access.Publish(publish.Channel, context.User, subscribed, out var space) is { } refusal)
        {
            context.Refuse(publish.Id, refusal.Code, refusal.Text);
        }
        else if (publish.Payload.Length > space!.MessageBytes)
        {
            context.Refuse(publish.Id, ErrorCode.TooLarge, $"the payload is {publish.Payload.Length} bytes, {space.MessageBytes} are allowed");
        }
        else if (publish.Sequence is not null && context.Producer is null)
        {
            context.Refuse(publish.Id, ErrorCode.BadRequest, "publish.seq needs a producer in hello");
        }
        else if (context.OpenCount > 0 && context.Open.Publishes >= Policy.Limits.InFlight)
        {
            context.Refuse(publish.Id, ErrorCode.TooMany, $"more than {Policy.Limits.InFlight} publishes without an answer", 100);
        }
        else if (MayAsk(publish.Id))
        {
            AskChannel(publish.Id, RequestKind.Publish, publish.Channel, new ChannelRequest.Publish(publish.Payload, context.Session, context.User)
            {
                Producer = publish.Sequence is null ? null : context.Producer,
                Sequence = publish.Sequence,
                Echo = publish.Echo,
                Tags = publish.Tags,
            });
        }
    }

    private void Update(ClientFrame.Update update)
    {
        if (context.Find(update.Channel) is not { Stage: SubscriptionStage.Active } subscription)
        {
            context.Refuse(update.Id, ErrorCode.NotSubscribed, "not subscribed to this channel");
            return;
        }

        if (!context.Setup.Namespaces.Of(update.Channel).Presence)
        {
            context.Refuse(update.Id, ErrorCode.NotFound, "this namespace has no presence");
            return;
        }

        if (AccessCheck.Presence(context.Setup.Namespaces.Of(update.Channel), update.Data, "update.presence") is { } refusal)
        {
            context.Refuse(update.Id, refusal.Code, refusal.Text);
            return;
        }

        if (context.MayShow(subscription.Presence, update.Data) is { } full)
        {
            context.Refuse(update.Id, full);
            return;
        }

        subscription.Presence = update.Data;
        context.TellSession(new SessionRequest.UpdatePresence(context.Attachment, update.Channel, update.Data));
        context.Send(new ServerFrame.Done(update.Id));
    }

    private void Set(ClientFrame.Set set)
    {
        var bytes = AnonymousShare.SizeOf(set.Key, set.Value);
        if (context.MaySet(set.Key, bytes) is { } refusal)
        {
            context.Refuse(set.Id, refusal);
            return;
        }

        context.Effects.Add(new ConnectionEffect.AskSession(
            context.Session,
            new SessionRequest.SetState(context.Attachment, set.Key, set.Value),
            context.Open.Add(new OpenRequest(set.Id, RequestKind.Set, context.Now.Ticks) { Key = set.Key, Bytes = bytes })));
    }

    /// <param name="reply">Null: none came in time.</param>
    private void Settle(OpenRequest request, EntityReply? reply)
    {
        if (context.Anonymous is not { } counted)
        {
            return;
        }

        if (request.Kind is RequestKind.Set)
        {
            counted.Answered(request.Key!, request.Bytes, reply switch
            {
                SessionReply.Done => true,
                null or EntityReply.Refused { Outcome: Outcome.Unknown } => null,
                _ => false,
            });
        }
        else if (request.Kind is RequestKind.End && reply is not SessionReply.Done)
        {
            counted.IsEnding = false;
        }
    }

    private void Refresh(ClientFrame.Refresh refresh)
    {
        if (refresh.Channel is not null)
        {
            context.Refuse(refresh.Id, ErrorCode.Forbidden, "this node has no keys for subscription tokens");
            return;
        }

        var verdict = context.Setup.Tokens.Verify(refresh.Token, context.Now.Wall);
        if (verdict.Identity is not { } identity)
        {
            context.Refuse(refresh.Id, verdict.Refusal, verdict.Reason ?? "the token is refused");
        }
        else if (identity.User != context.User)
        {
            context.Refuse(refresh.Id, ErrorCode.Forbidden, "the token is of another user");
        }
        else if (MayAsk(refresh.Id))
        {
            context.Identity = identity;
            context.Effects.Add(new ConnectionEffect.AskSession(
                context.Session, new SessionRequest.Refresh(context.Attachment, identity),
                Track(refresh.Id, RequestKind.Refresh, default, identity.Expires)));
        }
    }

    private void Acknowledge(IReadOnlyList<ChannelPosition> positions)
    {
        if (positions.Count > 0)
        {
            context.Acknowledge(positions);
        }
    }

    /// <summary>Reading needs what subscribing needs.</summary>
    private bool Allowed(long id, Messages.Ids.ChannelName channel, bool keepsLog = false, bool presence = false)
    {
        if (context.Setup.Access.Subscribe(channel, context.User, out var space) is { } refusal)
        {
            context.Refuse(id, refusal.Code, refusal.Text);
            return false;
        }

        if (keepsLog && !space!.KeepsLog)
        {
            context.Refuse(id, ErrorCode.NotFound, "this namespace keeps no history");
            return false;
        }

        if (presence && !space!.Presence)
        {
            context.Refuse(id, ErrorCode.NotFound, "this namespace has no presence");
            return false;
        }

        return MayAsk(id);
    }

    private void AskChannel(long id, RequestKind kind, Messages.Ids.ChannelName channel, ChannelRequest request) =>
        context.Effects.Add(new ConnectionEffect.AskChannel(channel, request, Track(id, kind, channel)));

    private void AskForMuch(OpenRequest request, ChannelRequest question) => (_large ??= new LargeAnswers(context)).Ask(request, question);
}
