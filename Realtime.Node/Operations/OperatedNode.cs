using Akka.Hosting;
using Realtime.Messages.Ids;
using Realtime.Node.Channels;
using Realtime.Node.Cluster;
using Realtime.Node.Connections;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Operations;

/// <summary>The parts of the running node that operators see and steer. There are none before it starts.</summary>
internal sealed record OperatedNode(
    NodeId Self, IActorRegistry Actors, ClientConnections Connections, HostedChannels Channels, Journals Journals, DeadLetterCounts DeadLetters);
