namespace Realtime.Cluster.Journal.Sqlite;

/// <summary>Looks whether a fence holds; until the transaction in which it looks ends, when that one has the lock to write.</summary>
internal sealed class FenceStatement(SqliteDatabase database)
{
    private readonly SqliteStatement _holds = database.Prepare("SELECT 1 FROM shard WHERE id = ?1 AND epoch = ?2 AND owner = ?3");

    public bool Holds(ShardFence fence)
    {
        _holds.Bind(1, fence.Shard.Value);
        _holds.Bind(2, fence.Epoch);
        _holds.Bind(3, fence.Owner.Value);
        if (!_holds.Step())
        {
            return false;
        }

        _holds.Reset();
        return true;
    }
}
