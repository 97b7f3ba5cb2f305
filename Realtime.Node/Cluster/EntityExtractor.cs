using Akka.Cluster.Sharding;
using Realtime.Messages.Ids;

namespace Realtime.Node.Cluster;

/// <summary>
/// Which entity a message is for, and which shard that is in. <c>HashCodeMessageExtractor</c> is not used: its sign fails for one hash in 2³².
/// </summary>
internal sealed class EntityExtractor<TMessage>(Func<TMessage, string> entityOf) : IMessageExtractor
    where TMessage : class
{
    public string? EntityId(object message) => message is TMessage ours ? entityOf(ours) : null;

    public object EntityMessage(object message) => message;

    public string? ShardId(object message) => message is TMessage ours ? EntityShards.Of(entityOf(ours)) : null;

    public string ShardId(string entityId, object? messageHint = null) => EntityShards.Of(entityId);
}
