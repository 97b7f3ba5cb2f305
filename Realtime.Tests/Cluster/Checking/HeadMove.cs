namespace Realtime.Tests.Cluster.Checking;

/// <summary>A commit that moved a log's head, as the database saw it in the very moment of committing.</summary>
/// <param name="Writer">Name of the node that committed.</param>
/// <param name="ShardEpoch">Epoch of the channel's shard in that moment.</param>
/// <param name="Owner">Name of the node that owned the shard in that moment; null: nobody.</param>
internal sealed record HeadMove(string Channel, long FromHead, long ToHead, string Writer, long ShardEpoch, string? Owner);
