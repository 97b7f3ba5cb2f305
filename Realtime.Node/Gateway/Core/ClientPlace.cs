using Realtime.Messages.Ids;

namespace Realtime.Node.Gateway.Core;

/// <summary>A node that clients can be sent to.</summary>
/// <param name="Incarnation">Its life: a notice to one that has been restarted since counts for nothing.</param>
/// <param name="ClientUrl">Where clients reach this very node.</param>
/// <param name="Capacity">Sessions it is meant to hold.</param>
/// <param name="Load">Connections it had when it last said so.</param>
public sealed record ClientPlace(NodeId Node, Incarnation Incarnation, string ClientUrl, int Capacity, int Load)
{
    public int Room => Capacity - Load;
}
