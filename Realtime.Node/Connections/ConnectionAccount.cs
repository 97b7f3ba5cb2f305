using Realtime.Messages.Ids;

namespace Realtime.Node.Connections;

/// <summary>What a connection says of itself to an operator.</summary>
/// <param name="Session">For which it stands.</param>
/// <param name="QueuedBytes">That wait to be written to the client.</param>
/// <param name="Subscriptions">Those whose feeds answered in time.</param>
internal sealed record ConnectionAccount(
    ConnectionId Connection, SessionId Session, long QueuedBytes, IReadOnlyList<LiveSubscription> Subscriptions);
