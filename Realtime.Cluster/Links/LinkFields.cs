using System.Runtime.CompilerServices;
using System.Text;
using Google.Protobuf;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Traces;

namespace Realtime.Cluster.Links;

/// <summary>Ids and numbers ↔ fields. What is read here is as good as what was checked when it first came in; the rest of the node relies on it.</summary>
internal static class LinkFields
{
    private const int LongestNode = 64;

    /// <summary>A user's personal channel is <c>@</c> and the user, so a user is one byte shorter than a channel.</summary>
    private const int LongestUser = ChannelName.MaxBytes - 1;

    /// <summary>Not copied: what is written is immutable, and the message around it lives only until it is written.</summary>
    public static ByteString Wrap(ReadOnlyMemory<byte> bytes) => UnsafeByteOperations.UnsafeWrap(bytes);

    public static ByteString ToBytes(SessionId id)
    {
        if (id.IsNone)
        {
            return ByteString.Empty;
        }

        var bytes = new byte[SessionId.Bytes];
        id.Write(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    public static SessionId Session(ByteString bytes, string field) =>
        SessionOrNone(bytes, field) is { IsNone: false } id ? id : throw LinkFault.Of(field, "names no session");

    public static SessionId SessionOrNone(ByteString bytes, string field) => bytes.Length switch
    {
        0 => default,
        SessionId.Bytes => SessionId.Read(bytes.Span),
        _ => throw LinkFault.Of(field, $"is not a session id of {SessionId.Bytes} bytes"),
    };

    public static ChannelName Channel(string text, string field) =>
        ChannelName.TryParse(text, out var name, out var fault) ? name : throw LinkFault.Of(field, $"is not a channel name: {fault}");

    public static NodeId Node(string text, string field) =>
        text.Length is > 0 and <= LongestNode ? new NodeId(text) : throw LinkFault.Of(field, $"is not a node's name of 1 to {LongestNode} characters");

    public static UserId? UserOrNone(bool has, string text, string field) => has ? User(text, field) : null;

    public static UserId User(string text, string field) =>
        text.Length is > 0 and <= LongestUser && Encoding.UTF8.GetByteCount(text) <= LongestUser
            ? new UserId(text)
            : throw LinkFault.Of(field, $"is not a user of 1 to {LongestUser} bytes");

    public static ProducerId Producer(string text, string field) =>
        ProducerId.TryParse(text, out var id) ? id : throw LinkFault.Of(field, "is not a producer id");

    public static EntityAddress Address(int kind, string key, string kindField, string keyField)
    {
        switch (Known<EntityKind>(kind, kindField))
        {
            case EntityKind.Channel:
                return EntityAddress.Of(Channel(key, keyField));
            case EntityKind.Session:
                return SessionId.TryParse(key, out _) ? new EntityAddress(EntityKind.Session, key) : throw LinkFault.Of(keyField, "is not a session id");
            default:
                throw LinkFault.Of(kindField, "is a kind of entity that has no place on links");
        }
    }

    public static TraceContext Trace(ByteString bytes, string field) =>
        TraceContext.Read(bytes.Span) ?? throw LinkFault.Of(field, $"is not a trace and a span of {TraceContext.Bytes} bytes");

    public static ShardId Shard(int value, string field) => new(Count(value, field));

    public static ConnectionId Connection(long value, string field) => new(Count(value, field));

    public static Incarnation Incarnation(long value, string field) => new(Count(value, field));

    public static AttachNumber Attachment(long value, string field) => new(Count(value, field));

    public static int Count(int value, string field) => value >= 0 ? value : throw LinkFault.Of(field, "is negative");

    public static long Count(long value, string field) => value >= 0 ? value : throw LinkFault.Of(field, "is negative");

    public static ReadOnlyMemory<byte> Bounded(ByteString bytes, int most, string field) =>
        bytes.Length <= most ? bytes.Memory : throw LinkFault.Of(field, $"has more than {most} bytes");

    public static string Bounded(string text, int most, string field) =>
        text.Length <= most ? text : throw LinkFault.Of(field, $"has more than {most} characters");

    /// <summary>A number of the frozen enumeration; another one is a newer peer's, and guessing what it means would be worse than not listening.</summary>
    public static T Known<T>(int value, string field)
        where T : struct, Enum
    {
        var known = Unsafe.BitCast<int, T>(value);
        return Enum.IsDefined(known) ? known : throw LinkFault.Of(field, $"is {value}, which is not known here");
    }

    /// <summary>A part without which the message means nothing.</summary>
    public static T Present<T>(T? part, string field)
        where T : class => part ?? throw LinkFault.Of(field, "is missing");
}
