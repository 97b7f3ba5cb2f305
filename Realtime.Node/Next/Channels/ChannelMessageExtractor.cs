using Akka.Cluster.Sharding;
using Realtime.Messages.Next.Channels;
using Realtime.Node.Persistence;

namespace Realtime.Node.Next.Channels;

/// <summary>Which entity and shard a request is for. Akka's hash extractors take the absolute value of a signed hash, which throws for one in 2³².</summary>
internal sealed class ChannelMessageExtractor : IMessageExtractor
{
    public string? EntityId(object message) => message is ChannelRequest request ? EntityIds.Of(request.Channel) : null;

    public object EntityMessage(object message) => message;

    public string? ShardId(object message) => EntityId(message) is { } entityId ? EntityShards.Of(entityId) : null;

    public string ShardId(string entityId, object? messageHint = null) => EntityShards.Of(entityId);
}
