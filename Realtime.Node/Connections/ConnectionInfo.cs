using Realtime.Messages.Ids;
using Realtime.Node.Feeds;

namespace Realtime.Node.Connections;

/// <summary>What an operator sees of a connection.</summary>
/// <param name="QueuedBytes">Bytes that wait to be written to the client.</param>
/// <param name="Subscriptions">Those whose feeds answered in time.</param>
internal sealed record ConnectionInfo(
    ConnectionId Connection, SessionId Session, long QueuedBytes, IReadOnlyList<LiveSubscription> Subscriptions);
