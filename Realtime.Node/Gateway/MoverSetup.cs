using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Gateway.Core;

namespace Realtime.Node.Gateway;

/// <summary>What the mover of a node is made with.</summary>
/// <param name="Places">Where clients can be sent now.</param>
internal sealed record MoverSetup(
    NodeId Self, ClientConnections Connections, ConnectTickets Tickets, Admission Admission, Func<ClientPlaces> Places, TimeProvider Time, ILogger Logger)
{
    public MovePolicy Policy { get; init; } = new();

    /// <summary>Whether an operator wants this node empty, and its shards are with others: connections follow them.</summary>
    public Func<bool> IsDrained { get; init; } = static () => false;

    /// <summary>Over how long connections are sent away that an operator's drain is about.</summary>
    public TimeSpan DrainWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The least that is announced as the time over which clients come back after a crash.</summary>
    public TimeSpan LeastCrashWindow { get; init; }

    public TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks while a drain is under way.</summary>
    public TimeSpan Busy { get; init; } = TimeSpan.FromMilliseconds(200);
}
