using Akka.Actor;
using Akka.Hosting;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Connections;
using Realtime.Node.Feeds;
using Realtime.Node.Sessions;

namespace Realtime.Node.Operations;

/// <summary>The parts of the running node that operators see and steer. There are none before it starts.</summary>
internal sealed record OperatedNode(NodeId Self, IActorRegistry Actors, ClientConnections Connections)
{
    /// <summary>Null: limits are not counted.</summary>
    public MostLimited? Limits { get; init; }

    public IActorRef Channels => Actors.Get<ChannelRegion>();

    public IActorRef Sessions => Actors.Get<SessionRegion>();

    public IActorRef Feeds => Actors.Get<FeedHub>();
}
