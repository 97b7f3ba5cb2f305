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

    /// <summary>The least that is announced as the time over which clients come back after a crash.</summary>
    public TimeSpan LeastCrashWindow { get; init; }

    public TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks while a drain is under way.</summary>
    public TimeSpan Busy { get; init; } = TimeSpan.FromMilliseconds(200);
}
