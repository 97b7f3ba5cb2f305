using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>Asks sessions and channels to report anew how they stand: their owner may have died before it could.</summary>
internal interface IReportRequests
{
    /// <summary>Whoever is named in <paramref name="stand"/>: open sessions, occupied channels, members. Paced, and harmless when asked twice.</summary>
    Task AskAsync(IReadOnlyList<EventReport> stand, CancellationToken cancellation);
}
