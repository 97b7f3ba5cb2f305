using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store.Sqlite;

namespace Realtime.Tests.Persistence;

public sealed class JournalConfigurationTests
{
    /// <remarks>Akka's default would leave out what an older writer committed behind a younger one's event. Only the log decides what counts.</remarks>
    [Fact]
    public async Task No_filter_stands_between_the_rows_and_a_recovery()
    {
        await using var store = new SqliteEventStore(new SqliteEventStoreOptions(Path: null));
        var journals = new Journals(store, new JournalOptions(), TimeProvider.System);

        foreach (var journal in journals.All)
        {
            journals.Configuration.GetString($"{journal.PluginId}.replay-filter.mode").ShouldBe("off");
        }
    }
}
