using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class SpreadScenario : IScenario
{
    private const int DefaultSessions = 10_000;
    private const int Nodes = 3;

    public string Name => "spread";

    public string Question => "How many deliveries per second to subscribers spread over three nodes, against all of them on one node of the same cluster?";

    public Task RunAsync(BenchOptions options, Figures figures) => ClusterBed.UseAsync(options, figures, Nodes, false, async bed =>
    {
        foreach (var durability in options.Durabilities is [] ? ["memory"] : options.Durabilities)
        {
            var channel = (await bed.ChannelsOnAsync(bed.Nodes[0], durability, 1))[0];
            var (together, spread) = (new double[options.Windows.Length], new double[options.Windows.Length]);

            // What changes on the machine with time falls on both.
            foreach (var isSpread in (bool[])[false, true, true, false])
            {
                var ports = isSpread ? bed.Ports : [bed.Nodes[0].Port];
                var label = isSpread ? $"over {Nodes} nodes" : "on the channel's node";
                var rates = await MeasureAsync(options, figures, bed, channel, ports, $"{durability}, {label}");
                for (var index = 0; index < rates.Count; index++)
                    (isSpread ? spread : together)[index] += rates[index];
            }

            for (var index = 0; index < options.Windows.Length; index++)
            {
                var window = options.Windows[index];
                figures.Add(
                    $"{durability}, {window} under way: spread against together", "×", spread[index] / together[index],
                    window switch { 4 => "≥ 1.2", 32 => "≥ 0.9", _ => "" });
            }
        }
    });

    private static async Task<List<double>> MeasureAsync(BenchOptions options, Figures figures, ClusterBed bed, string channel, int[] ports, string label)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        await using var fleet = await LoadFleet.StartAsync(options, sessions, ports);
        await fleet.ConnectAsync(Role.Subscriber, sessions, channel);
        await fleet.ConnectAsync(Role.Publisher, 1, [ports[0]], [channel]);
        var rates = new List<double>();
        foreach (var window in options.Windows)
        {
            rates.Add(await WindowLoad.MeasureAsync(
                fleet, bed.Processors(() => fleet.ProcessorTime), options, figures, channel, window, $"{label}, {window} under way"));
        }

        await fleet.DisconnectAsync(bye: true);
        return rates;
    }
}
