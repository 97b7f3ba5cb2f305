namespace Realtime.Messages.Operators;

/// <summary>Log lines of a node, oldest first: <c>GET /operator/v1/nodes/{node}/log</c>.</summary>
/// <param name="Next">What to give as <c>after</c>.</param>
/// <param name="Missed">Lines that were thrown out of memory before they were asked for.</param>
public sealed record LogPage(IReadOnlyList<LogLine> Lines, long Next, long Missed);
