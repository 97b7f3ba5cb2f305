using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Postgres;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Architecture;
using Realtime.Tests.Hosting;
using Realtime.Tests.Support;

namespace Realtime.Tests.Deployment;

/// <summary>The statements that docs/operations.md gives for a restored store: every position that clients hold becomes one of another life.</summary>
public sealed partial class RestoreTests
{
    private static readonly IReadOnlyDictionary<string, string> Statements =
        Statement().Matches(RepositoryFiles.Get("docs/operations.md").Text).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    [Fact]
    public async Task SQLite_takes_the_statement_and_is_another_store_afterwards()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("realtime.db");
        var before = await IdentityAsync(new SqliteEventStore(new SqliteEventStoreOptions(path)));

        await using (var database = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            await database.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new SqliteCommand(Statements["SQLite"], database);
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        }

        ShouldBeAnother(before, await IdentityAsync(new SqliteEventStore(new SqliteEventStoreOptions(path))));
    }

    [Fact]
    public async Task PostgreSQL_takes_the_statement_and_is_another_store_afterwards()
    {
        Required.OrSkip(PostgresServer.Missing);
        var server = await PostgresServer.SharedAsync();
        var connection = server.ConnectionString(await server.CreateDatabaseAsync());
        var before = await IdentityAsync(new PostgresEventStore(
            new PostgresEventStoreOptions(connection), TimeProvider.System, NullLogger<PostgresEventStore>.Instance));

        await using (var database = NpgsqlDataSource.Create(connection))
        {
            await using var command = database.CreateCommand(Statements["PostgreSQL"]);
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        }

        ShouldBeAnother(before, await IdentityAsync(new PostgresEventStore(
            new PostgresEventStoreOptions(connection), TimeProvider.System, NullLogger<PostgresEventStore>.Instance)));
    }

    private static async Task<OpenedStore> IdentityAsync(EventStore store)
    {
        await using (store)
        {
            return await store.OpenAsync(TestContext.Current.CancellationToken);
        }
    }

    private static void ShouldBeAnother(OpenedStore before, OpenedStore after)
    {
        after.StoreId.ShouldNotBe(before.StoreId);
        after.StoreEpoch.ShouldBe(before.StoreEpoch + 1);
    }

    [GeneratedRegex("```sql\n-- (\\w+)\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Statement();
}
