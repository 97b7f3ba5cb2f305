using Realtime.Messages.Entities;

namespace Realtime.Cluster.Sharding;

/// <summary>Where an answer goes; default when nobody asked.</summary>
public readonly record struct ReplyTo(IReplyReceiver? Receiver, long Tag)
{
    public bool IsNobody => Receiver is null;

    public void Send(EntityReply reply) => Receiver?.OnReply(Tag, reply);
}
