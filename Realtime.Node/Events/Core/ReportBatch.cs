namespace Realtime.Node.Events.Core;

/// <summary>Reports of one entity that go together, in their order.</summary>
/// <param name="Tag">Chosen by the entity; comes back when they are written.</param>
internal sealed record ReportBatch(long Tag, IReadOnlyList<EventReport> Reports);
