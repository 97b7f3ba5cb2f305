using Realtime.Messages.Errors;
using Realtime.Messages.Ids;

namespace Realtime.Messages.Entities;

/// <summary>What a session tells the node that holds its connection.</summary>
public abstract record SessionNews(ConnectionId Connection) : NodeMessage
{
    /// <summary>Close the connection with this code; it no longer speaks for the session.</summary>
    public sealed record Dismissed(ConnectionId Connection, CloseCode Code) : SessionNews(Connection);

    /// <summary>The session's owner has dropped what it knew of it and reads it anew: the connection says again that it stands for it.</summary>
    public sealed record Forgotten(ConnectionId Connection) : SessionNews(Connection);
}
