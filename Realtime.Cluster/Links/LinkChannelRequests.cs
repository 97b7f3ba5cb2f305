using Realtime.Messages.Entities;
using Realtime.Messages.Positions;
using Kind = Realtime.Messages.Links.Request.MessageOneofCase;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>What channels are told ↔ the kinds of <see cref="Wire.Request"/> from 6 on.</summary>
internal static class LinkChannelRequests
{
    public static void Write(ChannelRequest message, Wire.Request to)
    {
        switch (message)
        {
            case ChannelRequest.Publish publish:
                to.Publish = ToWire(publish);
                break;
            case ChannelRequest.Locate locate:
                to.Locate = new Wire.Locate { From = LinkParts.ToWire(locate.From) };
                break;
            case ChannelRequest.Read read:
                to.Read = new Wire.Read { After = LinkParts.ToWire(read.After), Limit = read.Limit, MaxBytes = read.MaxBytes };
                break;
            case ChannelRequest.ReadHistory history:
                to.ReadHistory = new Wire.ReadHistory { From = LinkParts.ToWire(history.From), Limit = history.Limit, Reverse = history.Reverse };
                break;
            case ChannelRequest.Listen listen:
                to.Listen = new Wire.Listen
                {
                    Node = listen.Node.Name,
                    Generation = listen.Generation,
                    Known = LinkParts.ToWire(listen.Known),
                };
                break;
            case ChannelRequest.Unlisten unlisten:
                to.Unlisten = new Wire.Unlisten { Node = unlisten.Node.Name, Generation = unlisten.Generation };
                break;
            case ChannelRequest.Announce announce:
                to.Announce = ToWire(announce);
                break;
            case ChannelRequest.Withdraw withdraw:
                to.Withdraw = new Wire.Withdraw { Session = LinkFields.ToBytes(withdraw.Session) };
                break;
            case ChannelRequest.WhoIsHere:
                to.WhoIsHere = new Wire.WhoIsHere();
                break;
            case ChannelRequest.Inspect inspect:
                to.InspectChannel = new Wire.InspectChannel { Brief = inspect.Brief };
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType(), "has no form on links");
        }
    }

    /// <returns>Null: not for a channel.</returns>
    public static ChannelRequest? Read(Wire.Request request) => request.MessageCase switch
    {
        Kind.Publish => Read(request.Publish),
        Kind.Locate => new ChannelRequest.Locate(LinkParts.Start(request.Locate.From, "locate.from")),
        Kind.Read => new ChannelRequest.Read(
            LinkParts.Position(request.Read.After, "read.after"),
            LinkFields.Count(request.Read.Limit, "read.limit"),
            LinkFields.Count(request.Read.MaxBytes, "read.max_bytes")),
        Kind.ReadHistory => new ChannelRequest.ReadHistory(
            LinkParts.Start(request.ReadHistory.From, "read_history.from"),
            LinkFields.Count(request.ReadHistory.Limit, "read_history.limit"),
            request.ReadHistory.Reverse),
        Kind.Listen => new ChannelRequest.Listen(LinkFields.Node(request.Listen.Node, "listen.node"), request.Listen.Generation)
        {
            Known = LinkParts.RosterOrNull(request.Listen.Known, "listen.known"),
        },
        Kind.Unlisten => new ChannelRequest.Unlisten(LinkFields.Node(request.Unlisten.Node, "unlisten.node"), request.Unlisten.Generation),
        Kind.Announce => new ChannelRequest.Announce(
            LinkFields.Session(request.Announce.Session, "announce.session"),
            LinkFields.UserOrNone(request.Announce.HasUser, request.Announce.User, "announce.user"),
            LinkParts.Payload(request.Announce.Data, "announce.data")),
        Kind.Withdraw => new ChannelRequest.Withdraw(LinkFields.Session(request.Withdraw.Session, "withdraw.session")),
        Kind.WhoIsHere => new ChannelRequest.WhoIsHere(),
        Kind.InspectChannel => new ChannelRequest.Inspect(request.InspectChannel.Brief),
        _ => null,
    };

    private static Wire.Publish ToWire(ChannelRequest.Publish publish)
    {
        var wire = new Wire.Publish
        {
            Payload = LinkFields.Wrap(publish.Payload.Bytes),
            Binary = publish.Payload.IsBinary,
            Session = LinkFields.ToBytes(publish.From),
            NoEcho = !publish.Echo,
        };
        if (publish.User is { } user)
        {
            wire.User = user.Value;
        }

        if (publish.Producer is { } producer)
        {
            wire.Producer = producer.Value;
        }

        if (publish.Sequence is { } sequence)
        {
            wire.Sequence = sequence;
        }

        if (publish.Trace is { } trace)
        {
            wire.Trace = LinkFields.Wrap(trace.ToBytes());
        }

        LinkLogMessages.Add(wire.Tags, publish.Tags);
        return wire;
    }

    private static ChannelRequest.Publish Read(Wire.Publish publish) => new(
        new Payload(publish.Payload.Memory, publish.Binary),
        LinkFields.SessionOrNone(publish.Session, "publish.session"),
        LinkFields.UserOrNone(publish.HasUser, publish.User, "publish.user"))
    {
        Producer = publish.HasProducer ? LinkFields.Producer(publish.Producer, "publish.producer") : null,
        Sequence = publish.HasSequence ? LinkFields.Count(publish.Sequence, "publish.sequence") : null,
        Echo = !publish.NoEcho,
        Tags = LinkLogMessages.Tags(publish.Tags),
        Trace = publish.HasTrace ? LinkFields.Trace(publish.Trace, "publish.trace") : null,
    };

    private static Wire.Announce ToWire(ChannelRequest.Announce announce)
    {
        var wire = new Wire.Announce { Session = LinkFields.ToBytes(announce.Session), Data = LinkParts.ToWire(announce.Data) };
        if (announce.User is { } user)
        {
            wire.User = user.Value;
        }

        return wire;
    }
}
