using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>Very many logs begin at once: all of them do, and the writes of others do not wait for it.</summary>
[Collection(ActorSystems.Name)]
public sealed class NewLogsFloodTests
{
    private const int Flood = 20_000;

    [Fact]
    public async Task Twenty_thousand_first_messages_on_a_file_while_publishes_go_on()
    {
        await using var stage = new SqliteEventStoreCase();
        await FloodAsync(stage);
    }

    [Fact]
    public async Task Twenty_thousand_first_messages_on_a_database_while_publishes_go_on()
    {
        await using var stage = new PostgresEventStoreCase(configure: options => options with { Writers = 3 });
        await FloodAsync(stage);
    }

    private static async Task FloodAsync(EventStoreCase stage)
    {
        await stage.StartAsync();
        var (steady, flood) = (new LogFleet(stage), new LogFleet(stage));
        steady.Start("steady", 4);
        await Soon.IsTrueAsync(() => steady.Ledger.Commits > 100, "the steady logs to write");

        flood.Start("flood", Flood, appends: 1);
        var published = 0;
        for (var tenth = 1; tenth <= 10; tenth++)
        {
            var before = steady.Ledger.Commits;
            await Soon.IsTrueAsync(() => flood.Ledger.Commits >= tenth * Flood / 10, $"{tenth} tenths of the flood");
            published += steady.Ledger.Commits > before ? 1 : 0;
        }

        published.ShouldBeGreaterThanOrEqualTo(5, "publishes go on during the flood, not after it");
        (flood.Ledger.Commits, flood.Ledger.Stops, steady.Ledger.Stops).ShouldBe((Flood, 0, 0), "no log fails on the way");
        await steady.CheckAsync();
        await flood.CheckAsync();
    }
}
