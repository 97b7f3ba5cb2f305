using Realtime.Bench.Report;
using Realtime.Bench.Servers;
using Realtime.Tests.Support;

namespace Realtime.Bench.Scenarios;

internal sealed class PostgresScenario : IScenario
{
    private const string Settings =
        "SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')";

    public string Name => "postgres";

    public string Question => "The same as durable on PostgreSQL, on the same cores.";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        // Commits wait for the disk, as everywhere: only the creation of its data directory does not.
        await using var server = await PostgresServer.StartAsync();
        var version = await server.ScalarAsync("postgres", "SHOW server_version");
        figures.Under($"PostgreSQL {version} on the same cores, {await server.ScalarAsync("postgres", Settings)}; it is part of everything else");
        foreach (var channels in AcknowledgedLoad.ChannelCounts(options))
        {
            var store = "postgres:" + server.ConnectionString(await server.CreateDatabaseAsync());
            var goal = channels == 64 ? "≥ 45,000" : "";
            await TestBed.UseAsync(ServerRecipes.Realtime(options, store), options, options.Publishers, bed =>
                AcknowledgedLoad.MeasureAsync(bed, options, figures, channels, goal));
        }
    }
}
