using Realtime.Messages.Ids;

namespace Realtime.Cluster.Journal;

/// <summary>A node as the store knows it.</summary>
/// <param name="Heartbeat">The lease: a counter that must move. Nobody compares clocks.</param>
/// <param name="Load">Connections it held at its last heartbeat; for the gateway and for people.</param>
public sealed record NodeRow(Incarnation Incarnation, NodeProfile Profile, NodeStatus Status, long Heartbeat, int Load);
