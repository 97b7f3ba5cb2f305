using Akka.Actor;
using Realtime.Messages.Ids;
using Realtime.Node.Feeds;

namespace Realtime.Node.Connections;

/// <summary>What a connection answers to an operator; where its subscriptions stand their feeds say.</summary>
/// <param name="Session">None: it is not welcomed, or there is no such connection.</param>
internal sealed record ConnectionSnapshot(
    ConnectionId Connection, SessionId Session, IReadOnlyList<Subscriber> Subscribers, long QueuedBytes)
    : INoSerializationVerificationNeeded;
