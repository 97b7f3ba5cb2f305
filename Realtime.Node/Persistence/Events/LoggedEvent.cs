using Realtime.Messages.Positions;

namespace Realtime.Node.Persistence.Events;

/// <summary>One event with its envelope: what a journal's row holds.</summary>
/// <param name="Epoch">The epoch of a channel's log from this event on; none for other logs.</param>
public sealed record LoggedEvent(EventOrigin Origin, Epoch Epoch, JournalEvent Body) : IPersistedEvent;
