using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Persistence.Core;

/// <summary>Which log this is, and who writes it.</summary>
/// <param name="FreshEpoch">Random: the epoch to begin should the log need a new one.</param>
public sealed record LogIdentity(string PersistenceId, LogKind Kind, Incarnation Writer, Epoch FreshEpoch);
