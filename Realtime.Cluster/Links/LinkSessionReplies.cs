using Realtime.Messages.Entities;
using Realtime.Messages.Positions;
using Kind = Realtime.Messages.Links.Reply.MessageOneofCase;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>What sessions answer ↔ the kinds of <see cref="Wire.Reply"/> from 32 on.</summary>
internal static class LinkSessionReplies
{
    public static void Write(SessionReply message, Wire.Reply to)
    {
        switch (message)
        {
            case SessionReply.Attached attached:
                to.Attached = ToWire(attached);
                break;
            case SessionReply.Unknown:
                to.Unknown = new Wire.Unknown();
                break;
            case SessionReply.Stale:
                to.Stale = new Wire.Stale();
                break;
            case SessionReply.Done:
                to.Done = new Wire.Done();
                break;
            case SessionReply.Inspected inspected:
                to.SessionInspected = LinkSessionAccounts.ToWire(inspected.Account);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType(), "has no form on links");
        }
    }

    /// <returns>Null: not a session's.</returns>
    public static SessionReply? Read(Wire.Reply reply) => reply.MessageCase switch
    {
        Kind.Attached => Read(reply.Attached),
        Kind.Unknown => new SessionReply.Unknown(),
        Kind.Stale => new SessionReply.Stale(),
        Kind.Done => new SessionReply.Done(),
        Kind.SessionInspected => new SessionReply.Inspected(LinkSessionAccounts.Read(reply.SessionInspected)),
        _ => null,
    };

    private static Wire.Attached ToWire(SessionReply.Attached attached)
    {
        var wire = new Wire.Attached { Attachment = attached.Attachment.Value, Unwritten = attached.IsUnwritten };
        if (attached.User is { } user)
        {
            wire.User = user.Value;
        }

        if (attached.Expires is { } expires)
        {
            wire.Expires = expires;
        }

        LinkParts.Add(wire.Subscriptions, attached.Subscriptions);
        foreach (var (key, value) in attached.State)
        {
            wire.State.Add(new Wire.StateEntry { Key = key, Value = LinkParts.ToWire(value) });
        }

        return wire;
    }

    private static SessionReply.Attached Read(Wire.Attached attached) => new(
        LinkFields.Attachment(attached.Attachment, "attached.attachment"),
        LinkFields.UserOrNone(attached.HasUser, attached.User, "attached.user"),
        attached.HasExpires ? attached.Expires : null)
    {
        IsUnwritten = attached.Unwritten,
        Subscriptions = LinkParts.Subscriptions(attached.Subscriptions),
        State = LinkParts.ReadAll(attached.State, static entry =>
            new KeyValuePair<string, Payload>(entry.Key, LinkParts.Payload(entry.Value, "attached.state.value"))),
    };
}
