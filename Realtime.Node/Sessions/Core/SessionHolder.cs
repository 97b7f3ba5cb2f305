using Realtime.Messages.Ids;

namespace Realtime.Node.Sessions.Core;

/// <summary>The connection that stands for a session.</summary>
public sealed record SessionHolder(NodeId Node, ConnectionId Connection);
