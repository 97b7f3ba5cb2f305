namespace Realtime.Tests.Cluster.Checking;

/// <summary>A change of a shard's row, in the order the database made them.</summary>
/// <param name="Owner">Incarnation; null: nobody.</param>
internal sealed record OwnerMove(int Shard, long Epoch, long? Owner);
