using Realtime.Cluster.Journal.Memory;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;

namespace Realtime.Node.Hosting;

/// <summary>Makes the store that was chosen; opening it is the runtime's business.</summary>
public static class StoreFactory
{
    /// <param name="written">Hears of every batch of writes.</param>
    public static IStore Create(
        StoreChoice choice, NodeSettings settings, TimeProvider time, ILoggerFactory loggers, BatchWritten? written = null) => choice switch
    {
        StoreChoice.Sqlite sqlite => new SqliteStore(
            new SqliteStoreOptions(sqlite.Path)
            {
                ProducerWindow = settings.Channels.SequenceWindow,
                Node = settings.Cluster is null ? null : settings.Node,
                Written = written,
            },
            time,
            loggers.CreateLogger<SqliteStore>()),
        StoreChoice.Postgres postgres => new PostgresStore(
            new PostgresStoreOptions(postgres.Connection) { ProducerWindow = settings.Channels.SequenceWindow, Written = written },
            time,
            loggers.CreateLogger<PostgresStore>()),
        StoreChoice.Memory => new MemoryStore(time, settings.Channels.SequenceWindow),
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "There is no such store."),
    };
}
