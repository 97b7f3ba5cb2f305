using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Persistence.Events;

/// <summary>A message of a channel with what its producer window needs; producer and sequence number are both there or both missing.</summary>
public sealed record LoggedMessage(LogMessage Message, ProducerId? Producer = null, long? Sequence = null);
