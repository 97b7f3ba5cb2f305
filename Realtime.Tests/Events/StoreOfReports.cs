using Realtime.Node.Persistence.Store;
using Realtime.Tests.Persistence;

namespace Realtime.Tests.Events;

/// <summary>A store that one node after the other opens.</summary>
internal sealed class StoreOfReports(Func<EventStore> open, Func<ValueTask> clean) : IAsyncDisposable
{
    public static async ValueTask<StoreOfReports> SqliteAsync()
    {
        var store = new SqliteEventStoreCase();
        await store.PrepareAsync();
        return new StoreOfReports(() => new Realtime.Node.Persistence.Store.Sqlite.SqliteEventStore(store.Options), store.DisposeAsync);
    }

    public static async ValueTask<StoreOfReports> PostgresAsync()
    {
        var store = new PostgresEventStoreCase();
        await store.PrepareAsync();
        return new StoreOfReports(() => store.Open(), store.DisposeAsync);
    }

    public EventStore Open() => open();

    public ValueTask DisposeAsync() => clean();
}
