using Realtime.Messages.Positions;
using Realtime.Node.Persistence.Core;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Persistence.Events;

/// <summary>One event with its envelope: what a journal's row holds.</summary>
/// <param name="Epoch">The epoch of a channel's log from this event on; none for other logs.</param>
public sealed record LoggedEvent(EventOrigin Origin, Epoch Epoch, JournalEvent Body) : IPersistedEvent, IHasSize
{
    public int Size => (int)Math.Min(EventSizes.Of(Body), int.MaxValue);
}
