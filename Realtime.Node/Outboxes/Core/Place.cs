using System.Collections.Immutable;
using Realtime.Messages.Positions;

namespace Realtime.Node.Outboxes.Core;

/// <summary>How far a target has come on an outbox.</summary>
/// <param name="Read">Everything up to it is settled, except what waits.</param>
/// <param name="Waiting">Ids of events before <paramref name="Read"/> that are neither delivered nor dead.</param>
/// <param name="Since">Milliseconds since 1970: what was reported before the target came is none of its events.</param>
internal sealed record Place(StreamPosition Read, ImmutableArray<string> Waiting, long Since);
