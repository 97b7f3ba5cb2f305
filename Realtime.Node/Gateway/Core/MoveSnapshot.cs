namespace Realtime.Node.Gateway.Core;

/// <summary>The plan of moves as it stands.</summary>
/// <param name="Connections">Welcomed connections of this node.</param>
/// <param name="Pending">To be asked to go.</param>
/// <param name="UnderWay">Asked, and still here.</param>
/// <param name="Stayed">Asked in vain often enough, and left alone.</param>
/// <param name="Unmovable">Would have to go, and there is nowhere they could be sent to.</param>
/// <param name="Done">Asked, and gone, since the node started.</param>
/// <param name="Notices">Sent since the node started.</param>
/// <param name="Rate">Notices per second at most.</param>
public sealed record MoveSnapshot(
    MoveMode Mode, int Connections, int Pending, int UnderWay, int Stayed, int Unmovable, long Done, long Notices, double Rate)
{
    public static MoveSnapshot Nothing { get; } = new(MoveMode.Rebalance, 0, 0, 0, 0, 0, 0, 0, 0);
}
