using System.Buffers.Binary;
using System.Globalization;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.StoreChild;

/// <summary>What the child writes: follows from channel, offset and life alone, so that the parent knows the bytes that must be there.</summary>
public static class Workload
{
    public const int Channels = 4;

    public const int Sessions = 2;

    /// <summary>Messages of one append: all of them are there or none.</summary>
    public const int Group = 3;

    /// <summary>Messages that a channel keeps.</summary>
    public const int Kept = 300;

    public static ChannelName Channel(int number) => ChannelName.Parse(string.Create(CultureInfo.InvariantCulture, $"chat:room-{number}"));

    public static SessionId Session(int number) => new((UInt128)(42 + number));

    public static LogMessage Message(ChannelName channel, long offset, long life)
    {
        var random = new Random(unchecked((int)((offset * 31) + (life * 7) + channel.Value[^1])));
        var bytes = new byte[sizeof(long) + random.Next(0, 1_500)];
        random.NextBytes(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, life);
        return new LogMessage(offset, new Payload(bytes, IsBinary: true), 1_795_284_135_000 + offset, Session(0), new UserId(channel.Value));
    }

    /// <summary>The life that wrote a message.</summary>
    public static long LifeOf(LogMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return BinaryPrimitives.ReadInt64LittleEndian(message.Payload.Bytes.Span);
    }
}
