using System.Globalization;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>A store that stands still under many logs, for longer than the journal waits: no answer is wrong, and afterwards all go on.</summary>
[Collection(ActorSystems.Name)]
public sealed class StandingStoreTests
{
    private const int Logs = 20;

    [Fact]
    public async Task A_file_that_another_connection_has_locked()
    {
        await using var stage = new SqliteEventStoreCase(configure: options => options with { BusyTimeout = TimeSpan.FromSeconds(1) });
        await stage.StartAsync(Impatient);

        await StandStillAsync(stage, stage.HoldWritesAsync);
    }

    [Fact]
    public async Task A_table_that_another_transaction_has_locked()
    {
        await using var stage = new PostgresEventStoreCase(configure: options => options with
        {
            LockTimeout = TimeSpan.FromSeconds(1), AnswerTimeout = TimeSpan.FromSeconds(1),
        });
        await stage.StartAsync(Impatient);

        await StandStillAsync(stage, stage.HoldWritesAsync);
    }

    [Fact]
    public async Task A_server_that_has_stopped()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var stage = new PostgresEventStoreCase(server, options => options with
        {
            ConnectTimeout = TimeSpan.FromSeconds(1), AnswerTimeout = TimeSpan.FromSeconds(1), Writers = 3,
        });
        await stage.StartAsync(Impatient);
        var postmaster = (string)(await stage.ScalarAsync("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))!;

        await StandStillAsync(stage, async () => await ProcessStop.OfFamilyAsync(int.Parse(postmaster, CultureInfo.InvariantCulture)));
    }

    private static JournalOptions Impatient(JournalOptions options) => options with { CallTimeout = TimeSpan.FromSeconds(2) };

    private static async Task StandStillAsync(EventStoreCase stage, Func<Task<IAsyncDisposable>> holdAsync)
    {
        var fleet = new LogFleet(stage);
        fleet.Start("log", Logs);
        await Soon.IsTrueAsync(() => fleet.Ledger.Commits > 10 * Logs, "the logs to write");
        for (var round = 0; round < 2; round++)
        {
            int commits;
            await using (await holdAsync())
            {
                var stops = fleet.Ledger.Stops;
                await Soon.IsTrueAsync(() => fleet.Ledger.Stops >= stops + Logs, "the logs to become unavailable");
                await Soon.IsTrueAsync(() => stage.Channels.State.Trouble == StoreFailureKind.OutOfReach, "the trouble to show");
                commits = fleet.Ledger.Commits;
            }

            await Soon.IsTrueAsync(() => fleet.Ledger.Commits > commits + (10 * Logs), "the logs to write again");
        }

        await Soon.IsTrueAsync(() => stage.Channels.State.Trouble is null, "the trouble to be over");
        await fleet.CheckAsync();
    }
}
