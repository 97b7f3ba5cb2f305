using Google.Protobuf;
using Google.Protobuf.Collections;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;
using Realtime.Messages.Wire;

namespace Realtime.Node.Cluster.Serialization;

/// <summary>What messages of all families are made of ↔ protobuf.</summary>
internal static class WireValues
{
    /// <exception cref="InvalidDataException">No channel has this name.</exception>
    public static ChannelName ToChannel(string name) =>
        ChannelName.TryParse(name, out var channel, out var fault) ? channel : throw new InvalidDataException(fault);

    public static UserId? ToUser(bool isThere, string user) => isThere ? new UserId(user) : null;

    /// <exception cref="InvalidDataException">The number stands for nothing.</exception>
    public static TEnum ToEnum<TEnum>(int number)
        where TEnum : struct, Enum
    {
        var value = (TEnum)Enum.ToObject(typeof(TEnum), number);
        return Enum.IsDefined(value) ? value : throw new InvalidDataException($"{typeof(TEnum).Name} {number} is not known");
    }

    public static SessionId ToSession(ulong high, ulong low) => new(new UInt128(high, low));

    public static SessionId ToSession(SessionValue? value) => value is null ? default : ToSession(value.High, value.Low);

    /// <exception cref="InvalidDataException">It is missing.</exception>
    public static SessionId ToRequiredSession(SessionValue? value) =>
        ToSession(value) is { IsNone: false } session ? session : throw new InvalidDataException("the session is missing");

    public static SessionValue? ToValue(SessionId session) =>
        session.IsNone ? null : new SessionValue { High = (ulong)(session.Value >> 64), Low = (ulong)session.Value };

    public static PositionValue ToValue(StreamPosition position) => new() { Epoch = position.Epoch.Value, Offset = position.Offset };

    public static PositionValue? ToValue(StreamPosition? position) => position is { } there ? ToValue(there) : null;

    public static StreamPosition? ToPosition(PositionValue? value) =>
        value is null ? null : new StreamPosition(new Epoch(value.Epoch), value.Offset);

    /// <exception cref="InvalidDataException">It is missing.</exception>
    public static StreamPosition ToRequiredPosition(PositionValue? value) =>
        ToPosition(value) ?? throw new InvalidDataException("a position is missing");

    /// <summary>A payload is never a rented buffer, so its bytes are wrapped.</summary>
    public static ByteString ToBytes(Payload payload) => UnsafeByteOperations.UnsafeWrap(payload.Bytes);

    public static PayloadValue? ToValue(Payload? payload) =>
        payload is { } there ? new PayloadValue { Bytes = ToBytes(there), Binary = there.IsBinary } : null;

    public static Payload? ToPayload(PayloadValue? value) => value is null ? null : new Payload(value.Bytes.Memory, value.Binary);

    public static void AddTags(RepeatedField<TagValue> values, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        foreach (var (key, value) in tags)
        {
            values.Add(new TagValue { Key = key, Value = value });
        }
    }

    public static IReadOnlyList<KeyValuePair<string, string>> ToTags(RepeatedField<TagValue> values) =>
        values.Count == 0 ? [] : [.. values.Select(tag => KeyValuePair.Create(tag.Key, tag.Value))];

    public static void AddMessages(RepeatedField<MessageValue> values, IReadOnlyList<LogMessage> messages)
    {
        values.Capacity = messages.Count;
        long next = 1;
        long before = 0;
        foreach (var message in messages)
        {
            var value = new MessageValue
            {
                OffsetStep = unchecked(message.Offset - next),
                AtStep = unchecked(message.At - before),
                Payload = ToBytes(message.Payload),
                Binary = message.Payload.IsBinary,
                FromHigh = (ulong)(message.From.Value >> 64),
                FromLow = (ulong)message.From.Value,
                NoEcho = !message.Echo,
                Except = ToValue(message.Except),
            };
            if (message.User is { } user)
            {
                value.User = user.Value;
            }

            if (message.Expires is { } expires)
            {
                value.Expires = expires;
            }

            AddTags(value.Tags, message.Tags);
            values.Add(value);
            next = unchecked(message.Offset + 1);
            before = message.At;
        }
    }

    public static IReadOnlyList<LogMessage> ToMessages(RepeatedField<MessageValue> values)
    {
        if (values.Count == 0)
        {
            return [];
        }

        var messages = new LogMessage[values.Count];
        long next = 1;
        long at = 0;
        for (var i = 0; i < messages.Length; i++)
        {
            var value = values[i];
            var offset = unchecked(next + value.OffsetStep);
            at = unchecked(at + value.AtStep);
            messages[i] = new LogMessage(
                offset, new Payload(value.Payload.Memory, value.Binary), at, ToSession(value.FromHigh, value.FromLow), ToUser(value.HasUser, value.User))
            {
                Tags = ToTags(value.Tags),
                Echo = !value.NoEcho,
                Except = ToSession(value.Except),
                Expires = value.HasExpires ? value.Expires : null,
            };
            next = unchecked(offset + 1);
        }

        return messages;
    }

    public static GapValue? ToValue(GapNotice? gap)
    {
        if (gap is null)
        {
            return null;
        }

        var value = new GapValue { Reason = (int)gap.Reason, Position = ToValue(gap.Position) };
        if (gap.From is { } from)
        {
            value.From = from;
        }

        if (gap.To is { } to)
        {
            value.To = to;
        }

        return value;
    }

    public static GapNotice? ToGap(GapValue? value) => value is null ? null : new GapNotice(
        ToEnum<GapReason>(value.Reason), ToRequiredPosition(value.Position), value.HasFrom ? value.From : null, value.HasTo ? value.To : null);

    public static StartValue ToValue(StartFrom from) => from switch
    {
        StartFrom.LiveEnd => new StartValue { Live = true },
        StartFrom.Beginning => new StartValue { Beginning = true },
        StartFrom.At at => new StartValue { At = ToValue(at.Position) },
        StartFrom.Last last => new StartValue { Last = last.Count },
        StartFrom.Ago ago => new StartValue { Ago = ago.Seconds },
        _ => throw new ArgumentException($"{from.GetType().Name} is never sent", nameof(from)),
    };

    public static StartFrom ToStart(StartValue? value) => value?.FromCase switch
    {
        StartValue.FromOneofCase.Live => StartFrom.Live,
        StartValue.FromOneofCase.Beginning => StartFrom.Start,
        StartValue.FromOneofCase.At => new StartFrom.At(ToRequiredPosition(value.At)),
        StartValue.FromOneofCase.Last => new StartFrom.Last(value.Last),
        StartValue.FromOneofCase.Ago => new StartFrom.Ago(value.Ago),
        _ => throw new InvalidDataException("it does not say where to begin"),
    };

    public static FeedValue ToValue(FeedId feed) => new() { Node = feed.Node.Name, Incarnation = feed.Incarnation.Value };

    public static FeedId ToFeed(FeedValue? value) => value is null
        ? throw new InvalidDataException("the feed is missing")
        : new FeedId(new NodeId(value.Node), new Incarnation(value.Incarnation));

    /// <summary>-1 is none, and the default on the wire.</summary>
    public static long ToRevisionAfter(long revision) => unchecked(revision + 1);

    public static long ToRevision(long revisionAfter) => unchecked(revisionAfter - 1);

    public static ProgressValue? ToValue(FeedProgress? progress) => progress is null ? null : new ProgressValue
    {
        Head = ToValue(progress.Head),
        RevisionAfter = ToRevisionAfter(progress.Revision),
        Through = progress.Through,
    };

    public static FeedProgress? ToProgress(ProgressValue? value) =>
        value is null ? null : new FeedProgress(ToRequiredPosition(value.Head), ToRevision(value.RevisionAfter), value.Through);

    public static AttachmentValue ToValue(Attachment attachment) => new() { Attempt = attachment.Attempt, Ordinal = attachment.Ordinal };

    public static Attachment ToAttachment(AttachmentValue? value) =>
        value is null ? throw new InvalidDataException("the attachment is missing") : new Attachment(value.Attempt, value.Ordinal);

    public static StampValue ToValue(PresenceStamp stamp) => new() { Attachment = ToValue(stamp.Attachment), Change = stamp.Change };

    public static PresenceStamp ToStamp(StampValue? value) =>
        value is null ? throw new InvalidDataException("the stamp is missing") : new PresenceStamp(ToAttachment(value.Attachment), value.Change);

    public static MemberValue ToValue(Member member)
    {
        var value = new MemberValue
        {
            SessionHigh = (ulong)(member.Session.Value >> 64),
            SessionLow = (ulong)member.Session.Value,
            Data = ToBytes(member.Data),
            Binary = member.Data.IsBinary,
        };
        if (member.User is { } user)
        {
            value.User = user.Value;
        }

        return value;
    }

    public static Member ToMember(MemberValue? value) => value is null
        ? throw new InvalidDataException("the member is missing")
        : new Member(ToSession(value.SessionHigh, value.SessionLow), ToUser(value.HasUser, value.User), new Payload(value.Data.Memory, value.Binary));

    public static RosterValue? ToValue(PresenceSnapshot? roster)
    {
        if (roster is null)
        {
            return null;
        }

        var value = new RosterValue { HasMembers = roster.Members is not null, Count = roster.Count, Revision = roster.Revision, More = roster.More };
        foreach (var member in roster.Members ?? [])
        {
            value.Members.Add(ToValue(member));
        }

        return value;
    }

    public static PresenceSnapshot? ToRoster(RosterValue? value) => value is null
        ? null
        : new PresenceSnapshot(value.HasMembers ? [.. value.Members.Select(ToMember)] : null, value.Count, value.Revision) { More = value.More };

    public static ByteString ToBytes(TraceContext? trace) => trace is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(trace.ToBytes());

    /// <exception cref="InvalidDataException">These are no ids of a span.</exception>
    public static TraceContext? ToTrace(ByteString bytes) => bytes.IsEmpty
        ? null
        : TraceContext.Read(bytes.Span) ?? throw new InvalidDataException($"{bytes.Length} bytes are no trace");
}
