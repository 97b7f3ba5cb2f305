using Realtime.Messages.Positions;
using Realtime.Node.Events;

namespace Realtime.Node.Outboxes.Core;

/// <summary>The whole state at a position: from there on the outbox is read again, and what the last place says is settled is not delivered again.</summary>
/// <param name="Stand">What brings an empty fold to where it stood.</param>
/// <param name="Pending">Events before <paramref name="Read"/> that were not settled.</param>
internal sealed record Checkpoint(StreamPosition Read, IReadOnlyList<EventReport> Stand, IReadOnlyList<ApplicationEvent> Pending);
