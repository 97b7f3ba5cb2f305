namespace Realtime.Messages.Operators;

/// <summary>Connections of a node that go elsewhere.</summary>
/// <param name="Pending">To be asked to go.</param>
/// <param name="UnderWay">Asked, and still here.</param>
/// <param name="Stayed">Asked in vain often enough, and left alone.</param>
/// <param name="Unmovable">Would have to go, and there is nowhere they could be sent to.</param>
/// <param name="Done">Gone on being asked, since the node started.</param>
public sealed record MovingConnections(int Pending, int UnderWay, int Stayed, int Unmovable, long Done);
