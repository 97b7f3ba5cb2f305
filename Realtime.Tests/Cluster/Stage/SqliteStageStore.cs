using System.Globalization;
using System.Net;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Tests.Cluster.Checking;
using Realtime.Tests.Hosting;

namespace Realtime.Tests.Cluster.Stage;

/// <summary>One SQLite file that all nodes open. It cannot tell who writes, so what a broken fence does has to show in the logs.</summary>
internal sealed class SqliteStageStore : StageStore
{
    private const string Watch =
        """
        CREATE TABLE audit_owner (id INTEGER PRIMARY KEY, shard INTEGER, epoch INTEGER, owner INTEGER);
        CREATE TRIGGER audit_owner_moved AFTER UPDATE OF epoch ON shard BEGIN
            INSERT INTO audit_owner (shard, epoch, owner) VALUES (NEW.id, NEW.epoch, NEW.owner);
        END;
        """;

    private readonly TemporaryDirectory _directory = new();

    public override IPEndPoint? Endpoint => null;

    private string Path => _directory.File("realtime.db");

    public override string Address(string node, int? port) => $"sqlite:{Path}";

    public override Task WatchAsync(IReadOnlyCollection<string> channels, int shards)
    {
        using var database = SqliteDatabase.Open(Path);
        database.BeginWrite(TimeSpan.FromSeconds(10));
        database.Execute(Watch);
        database.Execute("COMMIT");
        return Task.CompletedTask;
    }

    public override Task<ClusterRows> RowsAsync()
    {
        using var database = Open();
        return Task.FromResult(Rows(database));
    }

    public override Task<IReadOnlyList<Death>?> DeathsAsync() => Task.FromResult<IReadOnlyList<Death>?>(null);

    public override Task<FinalState> FinalAsync(IReadOnlyList<string> wrongEvictions)
    {
        using var database = Open();
        database.Execute("BEGIN");
        var store = Read(database, "SELECT store_id, store_epoch FROM cluster", row => new StoreIdentity(new Guid(row.Blob(0), bigEndian: true), row.Int64(1), new Dictionary<byte, byte[]>())).Single();
        var rows = Read(database, "SELECT j.log, j.off, j.record FROM journal j JOIN log l ON l.id = j.log WHERE j.off >= l.tail ORDER BY j.log, j.off", row =>
            (Log: row.Int64(0), Message: KeyValuePair.Create(row.Int64(1), PayloadOf(row.Int64(1), row.Blob(2))))).ToLookup(row => row.Log, row => row.Message);
        var logs = Read(database, "SELECT id, name, epoch, head, tail FROM log", row =>
            new FinalLog(row.Text(1), LogEpoch.Of(store, row.Int64(2)).ToString(), row.Int64(3), row.Int64(4), [.. rows[row.Int64(0)]]));
        var owners = Read(database, "SELECT shard, epoch, owner FROM audit_owner ORDER BY id", row =>
            new OwnerMove((int)row.Int64(0), row.Int64(1), row.IsNull(2) ? null : row.Int64(2)));
        var cluster = Rows(database);
        return Task.FromResult(new FinalState(
            logs.ToDictionary(log => log.Channel), cluster.Owners.Count, cluster.Unowned, null, owners, wrongEvictions));
    }

    public override ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ClusterRows Rows(SqliteDatabase database) => new(
        Read(database, "SELECT name, inc FROM node WHERE status = 2", row => (row.Text(0), row.Int64(1))).ToDictionary(node => node.Item1, node => node.Item2),
        Read(database, "SELECT id, epoch, owner FROM shard", row => (Id: (int)row.Int64(0), Epoch: row.Int64(1), Owner: row.IsNull(2) ? (long?)null : row.Int64(2)))
            .ToDictionary(shard => shard.Id, shard => (shard.Epoch, shard.Owner)));

    private static List<T> Read<T>(SqliteDatabase database, string sql, Func<SqliteStatement, T> read)
    {
        var statement = database.Prepare(sql);
        var all = new List<T>();
        while (statement.Step())
        {
            all.Add(read(statement));
        }

        return all;
    }

    /// <summary>Nodes write all the time: a reader waits for its turn instead of failing.</summary>
    private SqliteDatabase Open()
    {
        var database = SqliteDatabase.Open(Path);
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {10_000}"));
        return database;
    }
}
