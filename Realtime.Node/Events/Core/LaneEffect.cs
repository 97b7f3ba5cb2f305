using Akka.Actor;
using Realtime.Messages.Channels;

namespace Realtime.Node.Events.Core;

/// <summary>What is to be done after a step of an <see cref="OutboxLane"/>.</summary>
internal abstract record LaneEffect
{
    private LaneEffect()
    {
    }

    /// <summary>To the region of channels.</summary>
    public sealed record Send(ChannelRequest.PublishMany Request) : LaneEffect;

    /// <summary>To an entity: its batch is on the log.</summary>
    public sealed record Written(IActorRef To, long Tag) : LaneEffect;
}
