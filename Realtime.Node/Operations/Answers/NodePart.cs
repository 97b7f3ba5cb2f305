using Realtime.Messages.Operators;

namespace Realtime.Node.Operations.Answers;

/// <summary>What a member says of itself when another one draws the picture of the cluster.</summary>
/// <param name="Connections">It has now; its row is up to a second old.</param>
/// <param name="Moving">Moves of shards that operators want and that are not done.</param>
/// <param name="PausedSeconds">For how long no shard moves for balance alone; null: they do.</param>
internal sealed record NodePart(int Connections, NodeLive Live, int Moving, int? PausedSeconds);
