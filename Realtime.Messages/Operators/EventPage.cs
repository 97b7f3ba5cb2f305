namespace Realtime.Messages.Operators;

/// <summary>What happened in the cluster, as the answering node saw it, oldest first: <c>GET /operator/v1/events</c>.</summary>
/// <param name="Next">What to give as <c>after</c>.</param>
/// <param name="Missed">Events that were thrown out of memory before they were asked for.</param>
public sealed record EventPage(IReadOnlyList<ClusterEvent> Events, long Next, long Missed);
