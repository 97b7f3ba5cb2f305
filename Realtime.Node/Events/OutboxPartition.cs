using System.Globalization;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Events;

/// <summary>
/// One of the logs that events go through. What belongs to one session or one channel is on one of them, so its order is the log's. Their number is fixed: another number would put an entity's
/// later reports beside its earlier ones.
/// </summary>
internal readonly record struct OutboxPartition
{
    public const int Count = 16;

    private OutboxPartition(int number) => Number = number;

    public int Number { get; }

    public static IEnumerable<OutboxPartition> All => Enumerable.Range(0, Count).Select(number => new OutboxPartition(number));

    public ChannelName Log => ServerLogs.Channel(ServerLogs.Outbox, Number.ToString(CultureInfo.InvariantCulture));

    public static OutboxPartition Of(ChannelName channel) => new((int)(StableHash.Of(channel.Value) % Count));

    public static OutboxPartition Of(SessionId session) => new((int)(StableHash.Of(session.ToString()) % Count));

    public static OutboxPartition At(int number) =>
        number is >= 0 and < Count ? new OutboxPartition(number) : throw new ArgumentOutOfRangeException(nameof(number), number, $"There are {Count} outboxes.");
}
