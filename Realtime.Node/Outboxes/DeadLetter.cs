using Realtime.Node.Events;

namespace Realtime.Node.Outboxes;

/// <summary>An event that could not be delivered.</summary>
/// <param name="At">When it was given up, milliseconds since 1970.</param>
internal sealed record DeadLetter(ApplicationEvent Event, string Why, int Tries, long At);
