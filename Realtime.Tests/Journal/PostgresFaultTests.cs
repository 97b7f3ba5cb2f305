using Npgsql;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;
using Realtime.Messages.Persisted;
using Realtime.Tests.Support;

namespace Realtime.Tests.Journal;

/// <summary>What is acknowledged stays, and what is not known is found out, whatever happens to the database's processes.</summary>
public sealed class PostgresFaultTests
{
    private const string Lanes = "% write";

    [Fact]
    public async Task Killed_connections_lose_nothing_that_was_acknowledged_and_leave_nothing_unknown()
    {
        await using var store = new PostgresStoreCase(time: TimeProvider.System);
        await store.StartAsync();
        var writers = new PostgresWriters(store, logs: 8);
        await writers.StartAsync();
        var killed = 0L;
        for (var i = 0; i < 12; i++)
        {
            await writers.MoreAsync(20 + (i * 7));
            killed += await store.Server.KillBackendsAsync(store.Database, Lanes);
        }

        await writers.MoreAsync(50);
        await writers.EndAsync();

        killed.ShouldBeGreaterThanOrEqualTo(12);
        writers.Unknown.ShouldBe(0, "the lane looks up what became of its batch");
        store.Store.Health.IsWell.ShouldBeTrue();
    }

    [Fact]
    public async Task An_immediate_restart_under_load_loses_nothing_that_was_acknowledged()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var store = new PostgresStoreCase(options => options with { ReconnectPause = TimeSpan.FromMilliseconds(200) }, server, TimeProvider.System);
        await store.StartAsync();
        var writers = new PostgresWriters(store, logs: 8);
        await writers.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await writers.MoreAsync(100);
            await server.StopAsync();
            await Deadline.Until(() => !store.Store.Health.IsWell, "the store to notice that its database is gone");
            await server.StartAgainAsync();
        }

        await writers.MoreAsync(100);
        await writers.EndAsync();
    }

    [Fact]
    public async Task A_batch_whose_connection_dies_while_it_waits_is_written_once()
    {
        await using var store = new PostgresStoreCase(time: TimeProvider.System);
        await store.StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        await store.Append(log, 0, "0");
        await using var source = NpgsqlDataSource.Create(store.Server.ConnectionString(store.Database));
        await using var holder = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand($"SELECT 1 FROM rt.log WHERE id = {log.Value} FOR UPDATE", holder))
        {
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var appended = store.Append(log, 1, "1");
        while (await store.ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is not > 0L)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        (await store.Server.KillBackendsAsync(store.Database, Lanes)).ShouldBeGreaterThan(0);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);

        (await appended).ShouldBe(WriteOutcome.Committed);
        StoreCase.Texts(await store.ReadAsync(log)).ShouldBe(["0", "1"]);
    }

    [Fact]
    public async Task A_batch_of_an_earlier_life_of_a_lane_cannot_commit_any_more()
    {
        await using var store = new PostgresStoreCase(options => options with { Lanes = 1 });
        await store.StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        await store.Append(log, 0, "1");
        var commits = store.Postgres.Commits;

        // As a second life of it would, while the first still believes in itself.
        await store.ScalarAsync("SELECT rt.lane_open(id) FROM rt.lane");
        await Should.ThrowAsync<PostgresException>(() => store.ScalarAsync(
            "SELECT rt.write(id, generation - 1, batch + 1, 0, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', "
            + "'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}') FROM rt.lane"));

        // The store's own lane finds out in the same way, and begins another life.
        (await store.Append(log, 1, "2")).ShouldBe(WriteOutcome.Committed);
        await store.ScalarAsync("DELETE FROM rt.lane");
        (await store.Append(log, 2, "3")).ShouldBe(WriteOutcome.Committed);
        store.Postgres.Commits.ShouldBe(commits + 2);
    }

    [Fact]
    public async Task Without_the_database_everybody_hears_so_at_once_and_it_goes_on_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var store = new PostgresStoreCase(
            options => options with { ReconnectPause = TimeSpan.FromMilliseconds(200), ResolveTimeout = TimeSpan.FromMilliseconds(1) }, server, TimeProvider.System);
        await store.StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        await store.Append(log, 0, "1");
        await server.StopAsync();

        // The first one's answer is lost with the connection; the next find none.
        (await store.Append(log, 1, "x")).ShouldBeOneOf(WriteOutcome.Unknown, WriteOutcome.Unavailable);
        (await store.Append(log, 1, "x")).ShouldBe(WriteOutcome.Unavailable);
        (await store.Put(new SessionWrite(new SessionId(1), 0, new SessionRecord(), null))).ShouldBeOneOf(WriteOutcome.Unknown, WriteOutcome.Unavailable);
        await Should.ThrowAsync<StoreUnavailableException>(async () => await store.ReadAsync(log));
        await Should.ThrowAsync<StoreUnavailableException>(async () => await store.HeadAsync(log));
        await Should.ThrowAsync<StoreUnavailableException>(async () => await store.OpenAsync("chat:b"));
        Should.Throw<StoreUnavailableException>(() => store.Postgres.Heartbeat(new HeartbeatRequest(new Incarnation(1), default, 1, 0, [])));
        await Should.ThrowAsync<StoreUnavailableException>(async () => await store.Postgres.ViewAsync(0, TestContext.Current.CancellationToken));
        store.Store.Health.IsWell.ShouldBeFalse();

        await server.StartAgainAsync();

        await Deadline.Until(() => store.Store.Health.IsWell, "the store to find its database again");
        (await store.Append(log, 1, "2")).ShouldBe(WriteOutcome.Committed);
        StoreCase.Texts(await store.ReadAsync(log)).ShouldBe(["1", "2"]);
        store.Postgres.Heartbeat(new HeartbeatRequest(new Incarnation(1), default, 1, 0, [])).Alive.ShouldBeFalse();
    }

    [Theory]
    [InlineData("53100", WriteOutcome.StorageFull)]
    [InlineData("XX000", WriteOutcome.Unavailable)]
    public async Task What_the_server_refuses_was_not_written_and_a_probe_sees_when_it_works_again(string code, WriteOutcome outcome)
    {
        await using var store = new PostgresStoreCase(options => options with { Lanes = 1 });
        await store.StartAsync();
        var log = (await store.OpenAsync("chat:a")).Log;
        await store.ScalarAsync($"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$");
        await store.ScalarAsync("CREATE TRIGGER refuse BEFORE INSERT ON rt.journal EXECUTE FUNCTION refuse()");

        (await store.Append(log, 0, "x")).ShouldBe(outcome);
        store.Store.Health.IsWell.ShouldBeFalse();
        (await store.HeadAsync(log)).Head.ShouldBe(0);

        await store.ScalarAsync("DROP TRIGGER refuse ON rt.journal");
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        await Deadline.Until(() => store.Store.Health.IsWell, "a probe to go through");
        (await store.Append(log, 0, "1")).ShouldBe(WriteOutcome.Committed);
    }

    [Fact]
    public async Task A_write_that_the_server_cannot_take_fails_alone()
    {
        await using var store = new PostgresStoreCase(options => options with { Lanes = 1 });
        await store.StartAsync();
        var logs = new List<LogId>();
        for (var i = 0; i < 9; i++)
        {
            logs.Add((await store.OpenAsync($"chat:{i}")).Log);
        }

        // A row in the way, as only damage could put it there.
        await store.ScalarAsync($"INSERT INTO rt.journal VALUES ({logs[4].Value}, 1, 0, 0, 0, '')");
        List<Task<WriteOutcome>> outcomes;
        using (await store.HoldAsync())
        {
            outcomes = [.. logs.Select(log => store.Append(log, 0, "1"))];
        }

        for (var i = 0; i < logs.Count; i++)
        {
            (await outcomes[i]).ShouldBe(i == 4 ? WriteOutcome.Unavailable : WriteOutcome.Committed, $"{i}");
        }
    }
}
