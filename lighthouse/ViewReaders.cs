using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Postgres;
using Realtime.Cluster.Journal.Sqlite;
using Realtime.Node.Configuration;

namespace Realtime.Lighthouse;

/// <summary>Makes the reader of the store that was chosen.</summary>
internal static class ViewReaders
{
    /// <summary>A view that is read once a second and takes longer than this is as good as none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static IViewReader Create(StoreChoice choice, TimeProvider time) => choice switch
    {
        StoreChoice.Sqlite sqlite => new SqliteViewReader(new SqliteStoreOptions(sqlite.Path) { BusyTimeout = Patience }),
        StoreChoice.Postgres postgres => new PostgresViewReader(
            new PostgresStoreOptions(postgres.Connection) { AnswerTimeout = Patience, ReconnectPause = TimeSpan.FromMilliseconds(500) }, time),
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "There is nothing to read in such a store."),
    };
}
