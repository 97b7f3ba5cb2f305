namespace Realtime.Messages.Operators;

/// <summary>Channels in memory: <c>GET /operator/v1/channels</c>.</summary>
/// <param name="Next">What to give as <c>after</c> for the next page; null: this was the last.</param>
/// <param name="Unreachable">Nodes that did not answer in time: their channels are missing.</param>
public sealed record ChannelPage(IReadOnlyList<ChannelSummary> Channels, string? Next, IReadOnlyList<string> Unreachable);
