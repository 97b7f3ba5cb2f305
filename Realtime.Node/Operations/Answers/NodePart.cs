using Realtime.Messages.Operators;

namespace Realtime.Node.Operations.Answers;

/// <summary>What one node adds to the picture of the whole cluster.</summary>
/// <param name="Connections">It holds now; its row in the store is as old as its last heartbeat.</param>
/// <param name="Moves">Hand-offs from it, under way and planned.</param>
/// <param name="Held">Shards it keeps because an operator moved them there.</param>
/// <param name="PausedSeconds">How long it starts no move for balance; null: it is not paused.</param>
internal sealed record NodePart(int Connections, NodeLive Live, IReadOnlyList<ShardMove> Moves, IReadOnlyList<int> Held, int? PausedSeconds);
