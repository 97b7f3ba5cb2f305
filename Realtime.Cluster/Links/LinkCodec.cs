using System.Buffers;
using Google.Protobuf;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Kind = Realtime.Messages.Links.Frame.KindOneofCase;
using Wire = Realtime.Messages.Links;

namespace Realtime.Cluster.Links;

/// <summary>
/// Frames ↔ <c>link.proto</c>. Without state. What was read owns its memory: the buffer it came from may be used again at once. Both time and memory
/// grow with the length of a frame and with nothing that stands in it.
/// </summary>
public sealed class LinkCodec : ILinkCodec
{
    public void Write(LinkFrame frame, IBufferWriter<byte> output) => ToWire(frame).WriteTo(output);

    public LinkFrame Read(ReadOnlySequence<byte> bytes)
    {
        LinkShape.OfFrame.Check(bytes);
        Wire.Frame frame;
        try
        {
            frame = Wire.Frame.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            // Not as the inner exception: the decoder's below it quotes bytes.
            throw new InvalidDataException($"a frame is not protobuf: {e.Message}");
        }

        return Read(frame);
    }

    private static Wire.Frame ToWire(LinkFrame frame) => frame switch
    {
        LinkFrame.Request request => new Wire.Frame { Request = ToWire(request) },
        LinkFrame.Reply reply => new Wire.Frame { Reply = ToWire(reply) },
        LinkFrame.Moved moved => new Wire.Frame
        {
            Moved = new Wire.Moved { Tag = moved.Tag, Shard = moved.Shard.Value, Epoch = moved.Epoch, Owner = moved.Owner.Value },
        },
        LinkFrame.News news => new Wire.Frame { News = LinkNews.ToWire(news.Message) },
        LinkFrame.ViewChanged view => new Wire.Frame { ViewChanged = new Wire.ViewChanged { Version = view.Version } },
        LinkFrame.Status status => new Wire.Frame
        {
            Status = new Wire.Status { Commits = status.Commits, Connections = status.Connections, Answers = status.Answers },
        },
        LinkFrame.Stage stage => new Wire.Frame
        {
            Stage = new Wire.Stage
            {
                HandOff = stage.HandOff,
                Entity = (int)stage.Entity.Kind,
                Key = stage.Entity.Key,
                State = LinkFields.Wrap(stage.State),
                Last = stage.Last,
            },
        },
        LinkFrame.StageEnd end => new Wire.Frame { StageEnd = ToWire(end) },
        LinkFrame.Staged staged => new Wire.Frame { Staged = new Wire.Staged { HandOff = staged.HandOff, Entities = staged.Entities } },
        LinkFrame.StageDropped dropped => new Wire.Frame { StageDropped = new Wire.StageDropped { HandOff = dropped.HandOff } },
        LinkFrame.Inquiry inquiry => new Wire.Frame { Inquiry = new Wire.Inquiry { Tag = inquiry.Tag, Question = LinkFields.Wrap(inquiry.Question) } },
        LinkFrame.Answer answer => new Wire.Frame { Answer = new Wire.Answer { Tag = answer.Tag, Content = LinkFields.Wrap(answer.Content) } },
        LinkFrame.Unanswered none => new Wire.Frame { Unanswered = new Wire.Unanswered { Tag = none.Tag, Why = none.Why } },
        _ => throw new ArgumentOutOfRangeException(nameof(frame), frame.GetType(), "has no form on links"),
    };

    private static LinkFrame Read(Wire.Frame frame) => frame.KindCase switch
    {
        Kind.Request => Read(frame.Request),
        Kind.Reply => new LinkFrame.Reply(frame.Reply.Tag, ReadReply(frame.Reply)),
        Kind.Moved => new LinkFrame.Moved(
            frame.Moved.Tag,
            LinkFields.Shard(frame.Moved.Shard, "moved.shard"),
            LinkFields.Count(frame.Moved.Epoch, "moved.epoch"),
            LinkFields.Incarnation(frame.Moved.Owner, "moved.owner")),
        Kind.News => new LinkFrame.News(LinkNews.Read(frame.News)),
        Kind.ViewChanged => new LinkFrame.ViewChanged(LinkFields.Count(frame.ViewChanged.Version, "view_changed.version")),
        Kind.Status => new LinkFrame.Status(
            frame.Status.Commits, LinkFields.Count(frame.Status.Connections, "status.connections"), frame.Status.Answers),
        Kind.Stage => new LinkFrame.Stage(
            frame.Stage.HandOff,
            LinkFields.Address(frame.Stage.Entity, frame.Stage.Key, "stage.entity", "stage.key"),
            frame.Stage.State.Memory,
            frame.Stage.Last),
        Kind.StageEnd => new LinkFrame.StageEnd(
            frame.StageEnd.HandOff,
            LinkParts.Shards(frame.StageEnd.Shards, "stage_end.shards"),
            LinkFields.Count(frame.StageEnd.Entities, "stage_end.entities"),
            frame.StageEnd.Held),
        Kind.Staged => new LinkFrame.Staged(frame.Staged.HandOff, LinkFields.Count(frame.Staged.Entities, "staged.entities")),
        Kind.StageDropped => new LinkFrame.StageDropped(frame.StageDropped.HandOff),
        Kind.Inquiry => new LinkFrame.Inquiry(frame.Inquiry.Tag, LinkFields.Bounded(frame.Inquiry.Question, LinkFrame.Inquiry.MostBytes, "inquiry.question")),
        Kind.Answer => new LinkFrame.Answer(frame.Answer.Tag, LinkFields.Bounded(frame.Answer.Content, LinkFrame.Inquiry.MostBytes, "answer.content")),
        Kind.Unanswered => new LinkFrame.Unanswered(
            frame.Unanswered.Tag, LinkFields.Bounded(frame.Unanswered.Why, LinkFrame.Unanswered.LongestWhy, "unanswered.why")),
        _ => throw LinkFault.NoKind(frame, "a frame"),
    };

    private static Wire.Request ToWire(LinkFrame.Request request)
    {
        var wire = new Wire.Request
        {
            Tag = request.Tag,
            Shard = request.Shard.Value,
            Epoch = request.Epoch,
            Entity = (int)request.To.Kind,
            Key = request.To.Key,
        };
        switch (request.Message)
        {
            case ChannelRequest message:
                LinkChannelRequests.Write(message, wire);
                break;
            case SessionRequest message:
                LinkSessionRequests.Write(message, wire);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request.Message.GetType(), "has no form on links");
        }

        return wire;
    }

    private static LinkFrame.Request Read(Wire.Request request)
    {
        var epoch = request.Epoch > 0 ? request.Epoch : throw LinkFault.Of("request.epoch", "is not an epoch at which a shard has an owner");
        var to = LinkFields.Address(request.Entity, request.Key, "request.entity", "request.key");
        EntityMessage message = (EntityMessage?)LinkChannelRequests.Read(request)
            ?? LinkSessionRequests.Read(request)
            ?? throw LinkFault.NoKind(request, "a request");

        // An entity does not expect what is not for its kind: it would fail, and take what else is in its mailbox with it.
        return (to.Kind is EntityKind.Channel) == (message is ChannelRequest)
            ? new LinkFrame.Request(request.Tag, LinkFields.Shard(request.Shard, "request.shard"), epoch, to, message)
            : throw LinkFault.Of("request.entity", "is not of the kind that the message is for");
    }

    private static Wire.Reply ToWire(LinkFrame.Reply reply)
    {
        var wire = new Wire.Reply { Tag = reply.Tag };
        switch (reply.Message)
        {
            case EntityReply.Refused refused:
                wire.Refused = new Wire.Refused { Code = (int)refused.Code, Text = refused.Message, Outcome = (int)refused.Outcome };
                if (refused.RetryAfter is { } after)
                {
                    wire.Refused.RetryAfter = after;
                }

                break;
            case ChannelReply message:
                LinkChannelReplies.Write(message, wire);
                break;
            case SessionReply message:
                LinkSessionReplies.Write(message, wire);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(reply), reply.Message.GetType(), "has no form on links");
        }

        return wire;
    }

    private static EntityReply ReadReply(Wire.Reply reply) => reply.MessageCase is Wire.Reply.MessageOneofCase.Refused
        ? new EntityReply.Refused(
            LinkFields.Known<ErrorCode>(reply.Refused.Code, "refused.code"),
            reply.Refused.Text,
            reply.Refused.HasRetryAfter ? LinkFields.Count(reply.Refused.RetryAfter, "refused.retry_after") : null,
            LinkFields.Known<Outcome>(reply.Refused.Outcome, "refused.outcome"))
        : (EntityReply?)LinkChannelReplies.Read(reply) ?? LinkSessionReplies.Read(reply) ?? throw LinkFault.NoKind(reply, "a reply");

    private static Wire.StageEnd ToWire(LinkFrame.StageEnd end)
    {
        var wire = new Wire.StageEnd { HandOff = end.HandOff, Entities = end.Entities, Held = end.Held };
        LinkParts.Add(wire.Shards, end.Shards);
        return wire;
    }
}
