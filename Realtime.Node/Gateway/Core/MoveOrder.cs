using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Gateway.Core;

/// <summary>What the plan of moves wants done.</summary>
internal abstract record MoveOrder(ConnectionId Connection)
{
    /// <param name="Within">Milliseconds: the client goes at a random moment in them.</param>
    public sealed record Notice(ConnectionId Connection, ClientPlace Target, int Within, MoveReason Reason) : MoveOrder(Connection);

    /// <summary>It was asked to go often enough.</summary>
    public sealed record Close(ConnectionId Connection) : MoveOrder(Connection);
}
