using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Kind = Realtime.Messages.Links.Request.MessageOneofCase;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>What sessions are told ↔ the kinds of <see cref="Wire.Request"/> from 32 on.</summary>
internal static class LinkSessionRequests
{
    public static void Write(SessionRequest message, Wire.Request to)
    {
        switch (message)
        {
            case SessionRequest.Attach attach:
                to.Attach = new Wire.Attach
                {
                    Node = attach.Node.Name,
                    Connection = attach.Connection.Value,
                    Create = attach.Create,
                    Identity = LinkParts.ToWire(attach.Identity),
                };
                if (attach.Attempt is { } attempt)
                {
                    to.Attach.Attempt = attempt;
                }

                break;
            case SessionRequest.PutSubscription put:
                to.PutSubscription = new Wire.PutSubscription { Attachment = put.Attachment.Value, Subscription = LinkParts.ToWire(put.Subscription) };
                break;
            case SessionRequest.RemoveSubscription remove:
                to.RemoveSubscription = new Wire.RemoveSubscription { Attachment = remove.Attachment.Value, Channel = remove.Channel.Value };
                break;
            case SessionRequest.UpdatePresence update:
                to.UpdatePresence = new Wire.UpdatePresence
                {
                    Attachment = update.Attachment.Value,
                    Channel = update.Channel.Value,
                    Data = LinkParts.ToWire(update.Data),
                };
                break;
            case SessionRequest.SetState set:
                to.SetState = new Wire.SetState { Attachment = set.Attachment.Value, Key = set.Key, Value = LinkParts.ToWire(set.Value) };
                break;
            case SessionRequest.Ack ack:
                to.Ack = ToWire(ack);
                break;
            case SessionRequest.Refresh refresh:
                to.Refresh = new Wire.Refresh { Attachment = refresh.Attachment.Value, Identity = LinkParts.ToWire(refresh.Identity) };
                break;
            case SessionRequest.Detach detach:
                to.Detach = new Wire.Detach { Attachment = detach.Attachment.Value };
                if (detach.Why is { } why)
                {
                    to.Detach.Why = (int)why;
                }

                break;
            case SessionRequest.End end:
                to.End = new Wire.End { Attachment = end.Attachment.Value };
                break;
            case SessionRequest.Hold hold:
                to.Hold = ToWire(hold);
                break;
            case SessionRequest.Orphaned:
                to.Orphaned = new Wire.Orphaned();
                break;
            case SessionRequest.Probe probe:
                to.Probe = new Wire.Probe { Channel = probe.Channel.Value };
                break;
            case SessionRequest.Inspect inspect:
                to.InspectSession = new Wire.InspectSession { Brief = inspect.Brief };
                break;
            case SessionRequest.Disconnect disconnect:
                to.Disconnect = new Wire.Disconnect { Reconnect = disconnect.Reconnect };
                if (disconnect.Reason is { } reason)
                {
                    to.Disconnect.Reason = reason;
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType(), "has no form on links");
        }
    }

    /// <returns>Null: not for a session.</returns>
    public static SessionRequest? Read(Wire.Request request) => request.MessageCase switch
    {
        Kind.Attach => new SessionRequest.Attach(
            LinkFields.Node(request.Attach.Node, "attach.node"),
            LinkFields.Connection(request.Attach.Connection, "attach.connection"),
            request.Attach.Create,
            LinkParts.IdentityOrNull(request.Attach.Identity, "attach.identity"))
        {
            Attempt = request.Attach.HasAttempt ? LinkFields.Count(request.Attach.Attempt, "attach.attempt") : null,
        },
        Kind.PutSubscription => new SessionRequest.PutSubscription(
            LinkFields.Attachment(request.PutSubscription.Attachment, "put_subscription.attachment"),
            LinkParts.Subscription(request.PutSubscription.Subscription, "put_subscription.subscription")),
        Kind.RemoveSubscription => new SessionRequest.RemoveSubscription(
            LinkFields.Attachment(request.RemoveSubscription.Attachment, "remove_subscription.attachment"),
            LinkFields.Channel(request.RemoveSubscription.Channel, "remove_subscription.channel")),
        Kind.UpdatePresence => new SessionRequest.UpdatePresence(
            LinkFields.Attachment(request.UpdatePresence.Attachment, "update_presence.attachment"),
            LinkFields.Channel(request.UpdatePresence.Channel, "update_presence.channel"),
            LinkParts.Payload(request.UpdatePresence.Data, "update_presence.data")),
        Kind.SetState => new SessionRequest.SetState(
            LinkFields.Attachment(request.SetState.Attachment, "set_state.attachment"),
            request.SetState.Key,
            LinkParts.PayloadOrNull(request.SetState.Value, "set_state.value")),
        Kind.Ack => new SessionRequest.Ack(
            LinkFields.Attachment(request.Ack.Attachment, "ack.attachment"),
            LinkParts.ReadAll(request.Ack.Positions, static entry => new ChannelPosition(
                LinkFields.Channel(entry.Channel, "ack.positions.channel"), LinkParts.PositionOnLog(entry.Position, "ack.positions.position")))),
        Kind.Refresh => new SessionRequest.Refresh(
            LinkFields.Attachment(request.Refresh.Attachment, "refresh.attachment"),
            LinkParts.Identity(request.Refresh.Identity, "refresh.identity")),
        Kind.Detach => new SessionRequest.Detach(LinkFields.Attachment(request.Detach.Attachment, "detach.attachment"))
        {
            Why = request.Detach.HasWhy ? LinkFields.Known<CloseCode>(request.Detach.Why, "detach.why") : null,
        },
        Kind.End => new SessionRequest.End(LinkFields.Attachment(request.End.Attachment, "end.attachment")),
        Kind.Hold => new SessionRequest.Hold(
            LinkFields.Node(request.Hold.Node, "hold.node"),
            LinkFields.Connection(request.Hold.Connection, "hold.connection"),
            LinkFields.Attachment(request.Hold.Attachment, "hold.attachment"),
            LinkParts.IdentityOrNull(request.Hold.Identity, "hold.identity"),
            LinkParts.Subscriptions(request.Hold.Subscriptions))
        {
            Attempt = request.Hold.HasAttempt ? LinkFields.Count(request.Hold.Attempt, "hold.attempt") : null,
            IsUnwritten = request.Hold.Unwritten,
        },
        Kind.Orphaned => new SessionRequest.Orphaned(),
        Kind.Probe => new SessionRequest.Probe(LinkFields.Channel(request.Probe.Channel, "probe.channel")),
        Kind.InspectSession => new SessionRequest.Inspect(request.InspectSession.Brief),
        Kind.Disconnect => new SessionRequest.Disconnect(
            request.Disconnect.Reconnect, request.Disconnect.HasReason ? request.Disconnect.Reason : null),
        _ => null,
    };

    private static Wire.Hold ToWire(SessionRequest.Hold hold)
    {
        var wire = new Wire.Hold
        {
            Node = hold.Node.Name,
            Connection = hold.Connection.Value,
            Attachment = hold.Attachment.Value,
            Identity = LinkParts.ToWire(hold.Identity),
            Unwritten = hold.IsUnwritten,
        };
        if (hold.Attempt is { } attempt)
        {
            wire.Attempt = attempt;
        }

        LinkParts.Add(wire.Subscriptions, hold.Subscriptions);
        return wire;
    }

    private static Wire.Ack ToWire(SessionRequest.Ack ack)
    {
        var wire = new Wire.Ack { Attachment = ack.Attachment.Value };
        wire.Positions.Capacity = ack.Positions.Count;
        foreach (var (channel, position) in ack.Positions)
        {
            wire.Positions.Add(new Wire.ChannelPosition { Channel = channel.Value, Position = LinkParts.ToWire(position) });
        }

        return wire;
    }
}
