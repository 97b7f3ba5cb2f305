using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>Nobody is asked.</summary>
internal sealed class NoReportRequests : IReportRequests
{
    public Task AskAsync(IReadOnlyList<EventReport> stand, CancellationToken cancellation) => Task.CompletedTask;
}
