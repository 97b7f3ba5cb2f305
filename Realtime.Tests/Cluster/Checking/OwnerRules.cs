namespace Realtime.Tests.Cluster.Checking;

/// <summary>I1, I5a, I5b: who wrote and who owned.</summary>
internal static class OwnerRules
{
    public static IEnumerable<Violation> Check(FinalState final)
    {
        foreach (var log in (final.HeadMoves ?? []).GroupBy(move => move.Channel))
        {
            HeadMove? before = null;
            foreach (var move in log.OrderBy(move => move.ToHead))
            {
                if (move.Writer != move.Owner)
                {
                    yield return new Violation("I1", $"{move.Channel}: {move.Writer} committed up to {move.ToHead} while {move.Owner ?? "nobody"} owned its shard (epoch {move.ShardEpoch})");
                }

                if (before is not null && move.ShardEpoch < before.ShardEpoch)
                {
                    yield return new Violation("I1", $"{move.Channel}: epoch {move.ShardEpoch} wrote {move.ToHead} after epoch {before.ShardEpoch} wrote {before.ToHead}");
                }

                before = move;
            }
        }

        foreach (var shard in (final.OwnerMoves ?? []).GroupBy(move => move.Shard))
        {
            OwnerMove? before = null;
            foreach (var move in shard)
            {
                if (before is not null && move.Epoch <= before.Epoch)
                {
                    yield return new Violation("I1", $"shard {move.Shard} went from {before} to {move}");
                }

                before = move;
            }
        }

        if (final.Unowned.Count > 0)
        {
            yield return new Violation("I5a", $"{final.Unowned.Count} of {final.Shards} shards have no living owner: {string.Join(", ", final.Unowned.Take(10))}");
        }

        foreach (var eviction in final.WrongEvictions)
        {
            yield return new Violation("I5b", eviction);
        }
    }
}
