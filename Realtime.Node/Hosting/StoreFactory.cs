using Realtime.Node.Persistence.Members;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Node.Persistence.Store.Sqlite;

namespace Realtime.Node.Hosting;

/// <summary>Makes the store that was chosen; opening it is the runtime's business.</summary>
public static class StoreFactory
{
    public static EventStore Create(StoreChoice choice, MemberClaim claim, TimeProvider time, ILoggerFactory loggers) => choice switch
    {
        StoreChoice.Sqlite sqlite => new SqliteEventStore(new SqliteEventStoreOptions(sqlite.Path), time, loggers.CreateLogger<SqliteEventStore>()),
        StoreChoice.Postgres postgres => new PostgresEventStore(
            new PostgresEventStoreOptions(postgres.Connection) { Claim = claim }, time, loggers.CreateLogger<PostgresEventStore>()),
        StoreChoice.Memory => new SqliteEventStore(new SqliteEventStoreOptions(Path: null)),
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "There is no such store."),
    };
}
