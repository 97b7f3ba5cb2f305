using Akka.Cluster.Sharding;
using Realtime.Messages.Next.Sessions;
using Realtime.Node.Persistence;

namespace Realtime.Node.Next.Sessions;

/// <summary>
/// Which entity and shard a request is for. Akka's hash extractors take the absolute value of a signed hash, which throws for one in 2³².
/// </summary>
internal sealed class SessionMessageExtractor : IMessageExtractor
{
    public string? EntityId(object message) => message is SessionRequest request ? EntityIds.Of(request.Session) : null;

    public object EntityMessage(object message) => message;

    public string? ShardId(object message) => EntityId(message) is { } entityId ? EntityShards.Of(entityId) : null;

    public string ShardId(string entityId, object? messageHint = null) => EntityShards.Of(entityId);
}
