using Realtime.Cluster.Journal;
using Realtime.Cluster.Journal.Postgres;
using Realtime.Messages.Ids;
using Realtime.Tests.Support;

namespace Realtime.Tests.Journal;

public sealed class PostgresOpeningTests : IAsyncLifetime
{
    private readonly PostgresStoreCase _case = new(options => options with { Lanes = 1 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _case.StartAsync();

    public ValueTask DisposeAsync() => _case.DisposeAsync();

    [Fact]
    public async Task All_who_open_at_once_get_the_same_identity()
    {
        var database = await _case.Server.CreateDatabaseAsync();
        try
        {
            var identities = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
            {
                await using var store = new PostgresStore(new PostgresStoreOptions(_case.Server.ConnectionString(database)), _case.Clock);
                return await store.OpenAsync(Cancellation);
            }));

            identities.Select(identity => identity.StoreId).Distinct().Count().ShouldBe(1);
            identities.Select(identity => Convert.ToHexString(identity.TokenKeys[1])).Distinct().Count().ShouldBe(1);
            identities[0].TokenKeys.Count.ShouldBe(1);
        }
        finally
        {
            await _case.Server.DropDatabaseAsync(database);
        }
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await _case.ScalarAsync("UPDATE rt.schema_version SET version = version + 1");

        await RefusedAsync(StoreFault.NewerVersion, "newer");
    }

    [Fact]
    public async Task Another_programs_schema_is_refused()
    {
        await _case.ScalarAsync("ALTER SCHEMA rt RENAME TO other");
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
        await using var store = new PostgresStore(new PostgresStoreOptions(server.ConnectionString("postgres")), _case.Clock);

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
            await using var store = new PostgresStore(new PostgresStoreOptions(connection), _case.Clock);

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
        await using var store = new PostgresStore(new PostgresStoreOptions("Host=127.0.0.1;Port=1;Username=x"), _case.Clock);

        (await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation))).Fault.ShouldBe(StoreFault.CannotOpen);
    }

    [Fact]
    public async Task Another_timeline_ends_all_epochs_once()
    {
        await _case.Cluster.FoundAsync(4);
        var self = await _case.Cluster.JoinAsync("a");
        var fence = await _case.Cluster.OwnAsync(self, 1);
        var open = await _case.OpenAsync("chat:a", fence);
        var before = await _case.Cluster.VersionAsync();

        // What a promoted standby looks like to those who knew the old primary.
        await _case.ScalarAsync("UPDATE rt.cluster SET store_tli = store_tli + 7");
        await _case.SecondAsync();
        await using var third = _case.Another();
        var identity = await third.OpenAsync(Cancellation);

        identity.StoreEpoch.ShouldBe(_case.Identity.StoreEpoch + 1);
        var shard = await _case.Cluster.ShardAsync(1);
        (shard.Epoch, shard.Owner.IsNone).ShouldBe((fence.Epoch + 1_000_000, true));
        (await _case.Cluster.VersionAsync()).ShouldBe(before + 1);
        (await _case.Append(open.Log, 0, "x", fence)).ShouldBe(WriteOutcome.Fenced);
        (await _case.OpenAsync("chat:a")).Epoch.ShouldNotBe(open.Epoch, "clients have to see that the end may be missing");
        (await _case.Cluster.JoinAsync("b")).ShouldBeGreaterThan(new Incarnation(self.Value + 1_000_000));
    }

    [Fact]
    public async Task What_nobody_reads_any_more_is_deleted()
    {
        var log = (await _case.OpenAsync("chat:a")).Log;
        for (var i = 0; i < 30; i++)
        {
            await _case.Append(new AppendRequest(log, i, [_case.Message(i + 1, "x")], [_case.Mark($"p{i}", 0, 1, i + 1)], Math.Max(1, i - 3)));
        }

        _case.Clock.Advance(TimeSpan.FromSeconds(1));
        await GoneAsync("SELECT count(*) FROM rt.journal WHERE off < (SELECT tail FROM rt.log)", "messages below the tail");
        (await _case.ScalarAsync("SELECT count(*) FROM rt.journal")).ShouldBe(5L);

        // Marks by age; and messages that a killed node did not get round to, by whoever opens next.
        await _case.ScalarAsync("UPDATE rt.log SET tail = head + 1");
        await _case.SecondAsync();
        _case.Clock.Advance(TimeSpan.FromSeconds(700));
        await GoneAsync("SELECT count(*) FROM rt.producer", "stale marks");
        await GoneAsync("SELECT count(*) FROM rt.journal", "rubbish of another node");
    }

    private async Task GoneAsync(string count, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await _case.ScalarAsync(count) is not 0L)
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(30), $"waited in vain for {what} to go");
        }
    }

    private async Task RefusedAsync(StoreFault fault, string why)
    {
        await using var store = _case.Another();

        var refused = await Should.ThrowAsync<StoreFaultException>(async () => await store.OpenAsync(Cancellation));

        refused.Fault.ShouldBe(fault);
        refused.Message.ShouldContain(why);
    }
}
