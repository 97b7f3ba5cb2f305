namespace Realtime.Messages.Operators;

/// <summary>Sessions in memory: <c>GET /operator/v1/sessions</c>. Those that have left memory are found by their id only.</summary>
/// <param name="Next">What to give as <c>after</c> for the next page; null: this was the last.</param>
/// <param name="Unreachable">Nodes that did not answer in time: their sessions are missing.</param>
public sealed record SessionPage(IReadOnlyList<SessionSummary> Sessions, string? Next, IReadOnlyList<string> Unreachable);
