using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Serialization;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

[Collection(ActorSystems.Name)]
public sealed class PostgresEventStoreOpeningTests : IAsyncLifetime
{
    private readonly PostgresEventStoreCase _case = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _case.PrepareAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task All_who_open_at_once_get_the_same_store_and_numbers_of_their_own()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync()));

        opened.ShouldAllBe(opening => opening.StoreId == opened[0].StoreId && opening.StoreEpoch == 1);
        opened.Select(opening => opening.Incarnation).Order().ShouldBe(Enumerable.Range(1, 6).Select(life => new Incarnation(life)));
    }

    [Fact]
    public async Task A_store_with_logs_and_without_its_identity_is_damaged()
    {
        await OpenAsync();
        await _case.ScalarAsync(
            "INSERT INTO rt.session_event (created, deleted, persistence_id, sequence_number) VALUES (1, false, 's-1', 1); DELETE FROM rt.store");

        await RefusedAsync(StoreFault.Corrupt, "lost its identity");
    }

    [Fact]
    public async Task A_store_of_the_engine_before_is_refused_in_a_clear_line()
    {
        await _case.ScalarAsync("CREATE SCHEMA rt; CREATE TABLE rt.schema_version (version int NOT NULL); INSERT INTO rt.schema_version VALUES (6)");

        await RefusedAsync(StoreFault.OtherFormat, "the format of an older version of this program");
    }

    [Fact]
    public async Task A_store_of_the_version_before_is_brought_up_in_place_once_nobody_of_that_version_is_on_it()
    {
        var before = await OpenAsync();
        await _case.ScalarAsync("DROP TABLE rt.cluster, rt.member, rt.ended; UPDATE rt.schema_version SET version = 10");
        await _case.ScalarAsync("INSERT INTO rt.session_event (created, deleted, persistence_id, sequence_number) VALUES (1, false, 's-1', 1)");
        await using (var old = new Npgsql.NpgsqlConnection(_case.Options.Connection + ";Pooling=false"))
        {
            await old.OpenAsync(Cancellation);
            await using var claim = new Npgsql.NpgsqlCommand("SELECT pg_advisory_lock(4854870149)", old);
            await claim.ExecuteNonQueryAsync(Cancellation);
            await RefusedAsync(StoreFault.InUse, "A node of an older version of this program works on");
        }

        await Soon.IsTrueAsync(async () => await _case.ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") is 0L, "the old node's lock to go");

        var after = await OpenAsync();
        after.StoreId.ShouldBe(before.StoreId);
        (await _case.ScalarAsync("SELECT version FROM rt.schema_version")).ShouldBe(12);
        (await _case.ScalarAsync("SELECT count(*) FROM rt.session_event")).ShouldBe(1L);
        await OpenAsync();
    }

    [Fact]
    public async Task A_store_that_does_not_know_yet_where_ended_nodes_were_is_brought_up_in_place()
    {
        var before = await OpenAsync();
        await _case.ScalarAsync("DROP TABLE rt.ended; UPDATE rt.schema_version SET version = 11");

        var after = await OpenAsync();

        after.StoreId.ShouldBe(before.StoreId);
        (await _case.ScalarAsync("SELECT version FROM rt.schema_version")).ShouldBe(12);
        (await _case.ScalarAsync("SELECT count(*) FROM rt.ended")).ShouldBe(0L, "nobody of these had an address for clients");
    }

    [Fact]
    public async Task A_newer_format_is_refused()
    {
        await OpenAsync();
        await _case.ScalarAsync("UPDATE rt.schema_version SET version = version + 1");

        await RefusedAsync(StoreFault.OtherFormat, "newer");
    }

    [Fact]
    public async Task Another_programs_schema_is_refused()
    {
        await _case.ScalarAsync("CREATE SCHEMA rt");

        await RefusedAsync(StoreFault.CannotOpen, "another program");
    }

    [Fact]
    public async Task A_database_that_may_lose_commits_is_refused()
    {
        await _case.ScalarAsync($"ALTER DATABASE {_case.Database} SET synchronous_commit = off");

        await RefusedAsync(StoreFault.CannotOpen, "synchronous_commit=off");
    }

    [Theory]
    [InlineData("fsync=off")]
    [InlineData("full_page_writes=off")]
    public async Task A_server_that_may_lose_or_tear_its_files_is_refused(string setting)
    {
        await using var server = await PostgresServer.StartAsync($"-c {setting}");
        await using var store = _case.Open(new PostgresEventStoreOptions(server.ConnectionString("postgres")));

        (await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation))).ShouldSatisfyAllConditions(
            fault => fault.Fault.ShouldBe(StoreFault.CannotOpen), fault => fault.Message.ShouldContain(setting));
    }

    [Fact]
    public async Task A_role_without_rights_is_told_which_it_needs_and_its_password_stays_out_of_it()
    {
        var role = $"reader_{_case.Database}";
        await _case.ScalarAsync($"CREATE ROLE {role} LOGIN");
        try
        {
            var connection = _case.Options.Connection.Replace("Username=postgres", $"Username={role};Password=s3cret", StringComparison.Ordinal);
            await using var store = _case.Open(new PostgresEventStoreOptions(connection));

            var fault = await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation));

            fault.Fault.ShouldBe(StoreFault.CannotOpen);
            fault.Message.ShouldContain("CREATE on the database");
            fault.ToString().ShouldNotContain("s3cret");
            store.Description.ShouldNotContain("s3cret");
        }
        finally
        {
            await _case.ScalarAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_clear_fault()
    {
        await using var store = _case.Open(new PostgresEventStoreOptions("Host=127.0.0.1;Port=1;Username=x"));

        (await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation))).Fault.ShouldBe(StoreFault.CannotOpen);
    }

    [Fact]
    public async Task A_server_that_is_starting_is_waited_for()
    {
        using var starting = new StartingDatabase(_case.Server.Port);
        await using var store = _case.Open(Through(starting));
        var opening = store.OpenAsync(Cancellation);
        await Soon.IsTrueAsync(() => starting.Refused > 1, "a second try");

        starting.Ready();

        (await opening.Within("the opening")).StoreEpoch.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_goes_on_starting_is_one_clear_fault()
    {
        using var starting = new StartingDatabase(_case.Server.Port);
        await using var store = _case.Open(Through(starting) with { StartPatience = TimeSpan.Zero });

        (await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation))).Message.ShouldContain("the database system is starting up");
    }

    [Fact]
    public async Task A_server_that_is_restarted_while_the_journals_begin_is_waited_for()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var own = new PostgresEventStoreCase(server);
        await own.PrepareAsync();
        await using var store = own.Open();
        await store.OpenAsync(Cancellation);
        var journals = new Journals(store, new JournalOptions(), TimeProvider.System);
        var config = ConfigurationFactory.ParseString(TestHocon.Quiet + SerializationConfig.Hocon).WithFallback(journals.Configuration);
        using var system = ActorSystem.Create("test", journals.Setup.And(BootstrapSetup.Create().WithConfig(config)));
        await server.StopAsync();
        var begun = journals.WarmUpAsync(system);

        await server.StartAgainAsync();

        await begun.Within("the journals");
    }

    private PostgresEventStoreOptions Through(StartingDatabase starting) => _case.Options with
    {
        Connection = _case.Options.Connection.Replace($"Port={_case.Server.Port}", $"Port={starting.Port}", StringComparison.Ordinal),
    };

    [Theory]
    [InlineData("timeline = timeline + 7")]
    [InlineData("system = system + 1")]
    public async Task Another_timeline_or_system_begins_an_epoch_once_and_each_new_connection_sees_it(string change)
    {
        await _case.StartAsync();
        var timeline = new StoreTimeline(_case.Store);
        timeline.Current.ShouldBe(StoreTimeline.Of(_case.Store.Opened.StoreId, 1));
        var seen = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _case.Store.EpochChanged += epoch => seen.TrySetResult(epoch);

        // What a promoted standby looks like to those who knew the old primary: it cuts all connections, too.
        await _case.ScalarAsync($"UPDATE rt.store SET {change}");
        await _case.Server.KillBackendsAsync(_case.Database, "realtime%");
        await Soon.IsTrueAsync(
            () =>
            {
                _ = _case.Start($"log-{TimeProvider.System.GetTimestamp()}");
                return seen.Task.IsCompleted;
            },
            "a new connection to see the change");

        (await seen.Task).ShouldBe(2);
        _case.Store.Epoch.ShouldBe(2);
        (await _case.ScalarAsync("SELECT epoch FROM rt.store")).ShouldBe(2L, "counted once");
        timeline.Current.ShouldBe(StoreTimeline.Of(_case.Store.Opened.StoreId, 2));
    }

    private async Task<OpenedStore> OpenAsync()
    {
        await using var store = _case.Open();
        return await store.OpenAsync(Cancellation);
    }

    private async Task RefusedAsync(StoreFault fault, string why)
    {
        await using var store = _case.Open();
        var refused = await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation));
        (refused.Fault, refused.Message).ShouldSatisfyAllConditions(r => r.Fault.ShouldBe(fault), r => r.Message.ShouldContain(why));
    }
}
