using System.Globalization;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Tests.StoreChild;

/// <summary>What the child writes: told by channel and offset alone, so that the parent knows the bytes that must be there.</summary>
public static class Workload
{
    public const int Channels = 5;

    /// <summary>Messages of one append: all of them are there or none.</summary>
    public const int Group = 3;

    /// <summary>Of a cluster of such children; each shard has the channel of its number.</summary>
    public const int Shards = 6;

    public const int ShardsPerNode = 2;

    public static SessionId Session { get; } = new(42);

    public static ProducerId Producer { get; } = ProducerId.FromStore("child-1");

    public static ChannelName Channel(int number) => ChannelName.Parse(string.Create(CultureInfo.InvariantCulture, $"chat:room-{number}"));

    public static LogMessage Message(ChannelName channel, long offset)
    {
        var random = new Random(unchecked((int)((offset * 31) + channel.Value[^1])));
        var bytes = new byte[random.Next(0, 1_500)];
        random.NextBytes(bytes);
        return new LogMessage(offset, new Payload(bytes, IsBinary: true), 1_795_284_135_000 + offset, Session, new UserId(channel.Value));
    }
}
