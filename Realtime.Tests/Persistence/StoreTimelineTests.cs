using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;

namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class StoreTimelineTests
{
    private static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");

    [Fact]
    public void The_number_is_frozen() => StoreTimeline.Of(Id, 1).ShouldBe(0xf4144b0dbdff25c1UL);

    [Fact]
    public void Another_store_and_another_epoch_have_other_numbers() =>
        new[] { StoreTimeline.Of(Id, 1), StoreTimeline.Of(Id, 2), StoreTimeline.Of(Guid.Empty, 1), StoreTimeline.Of(Guid.Empty, 2) }
            .ShouldBeUnique();

    [Fact]
    public async Task It_stays_over_restarts_and_changes_with_the_epoch()
    {
        var folder = Directory.CreateTempSubdirectory("realtime-timeline-");
        try
        {
            var (first, again) = (await ReadAsync(), await ReadAsync());
            again.ShouldBe(first);
            (await ReadAsync("UPDATE store SET epoch = 2")).ShouldBe(first, "the epoch was read when the store was opened");
            (await ReadAsync()).ShouldNotBe(first);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<ulong> ReadAsync(string? change = null)
        {
            await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Path.Combine(folder.FullName, "events.db")));
            await store.OpenAsync(TestContext.Current.CancellationToken);
            if (change is not null)
            {
                await using var connection = store.Connect();
                SqliteFormat.Run(connection, change);
            }

            return new StoreTimeline(store).Current;
        }
    }

    [Fact]
    public async Task A_store_that_is_not_open_has_none()
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(null));

        Should.Throw<InvalidOperationException>(() => new StoreTimeline(store).Current);
    }
}
