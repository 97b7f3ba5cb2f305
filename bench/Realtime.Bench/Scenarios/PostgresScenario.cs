using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class PostgresScenario : IScenario
{
    public string Name => "postgres";

    public string Question => "How many durable publishes per second does one node get acknowledged from PostgreSQL on the same cores?";

    public Task RunAsync(BenchOptions options, Figures figures) => ClusterBed.UseAsync(options, figures, 1, async bed =>
    {
        await using var fleet = await LoadFleet.StartAsync(options, options.Publishers, bed.Ports);
        await AcknowledgedLoad.MeasureAsync(
            fleet, () => bed.Processors(() => fleet.ProcessorTime), options, figures, options.Channels ?? options.Publishers, "≥ 10,000");
    });
}
