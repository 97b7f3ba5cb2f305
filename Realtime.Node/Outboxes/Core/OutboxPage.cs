using Realtime.Messages.Positions;

namespace Realtime.Node.Outboxes.Core;

/// <summary>What was read of an outbox.</summary>
/// <param name="Epoch">Of the messages.</param>
/// <param name="Through">Where the next page begins.</param>
/// <param name="IsBroken">Messages before it are gone: they were trimmed, or the log is another one.</param>
internal sealed record OutboxPage(Epoch Epoch, IReadOnlyList<LogMessage> Messages, StreamPosition Through, bool IsBroken);
