using Realtime.Tests.Hosting;
using Realtime.Tests.Persistence;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Members;

/// <summary>Nodes as processes of their own on one PostgreSQL database, for which nothing else is configured.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class MemberProcessTests : IAsyncLifetime
{
    private readonly PostgresEventStoreCase _database = new();
    private readonly TemporaryDirectory _directory = new();

    public async ValueTask InitializeAsync() => await _database.PrepareAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Two_nodes_on_one_database_are_one_cluster()
    {
        await using var first = Start("n1");
        await using var second = Start("n2");

        await first.UrlAsync();
        await second.UrlAsync();

        (await _database.ScalarAsync("SELECT count(*) FROM rt.member WHERE joined IS NOT NULL")).ShouldBe(2L);
        (await _database.ScalarAsync("SELECT generation FROM rt.cluster")).ShouldBe(1L, "founded once");
        first.Output.Concat(second.Output).Count(line => line.Contains("founding it", StringComparison.Ordinal)).ShouldBe(1);
    }

    private NodeProcess Start(string name) => NodeProcess.Start(
        _directory.Path, null, "--node", name, "--store", "postgres:" + _database.Options.Connection, "--port", "0");
}
