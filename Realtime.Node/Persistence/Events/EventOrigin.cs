using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Events;

/// <summary>
/// Who wrote an event, and which appends it holds: those numbered <see cref="FirstAppend"/> and on, <see cref="Appends"/> of them. Numbers
/// count within one <see cref="Instance"/>, which is random for each life of an entity, so an append is found again by name, not by counting.
/// </summary>
/// <param name="Writer">The node's incarnation.</param>
/// <param name="Store">Identity of the store and its timeline when the event was written. Another one later begins a new epoch.</param>
public readonly record struct EventOrigin(Incarnation Writer, ulong Store, ulong Instance, long FirstAppend, int Appends)
{
    public long LastAppend => FirstAppend + Appends - 1;

    public static EventOrigin Unreadable => default;
}
