using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class CrossNodeScenario : IScenario
{
    private const int DefaultSessions = 100;
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 10;
    private const double DefaultRate = 20;
    private const int Nodes = 3;

    private static readonly double[] Shares = [0.50, 0.99];

    public string Name => "crossnode";

    public string Question => "How long from publish to delivery when publisher, channel and subscribers are on three nodes, against all on one?";

    public Task RunAsync(BenchOptions options, Figures figures) => ClusterBed.UseAsync(options, figures, Nodes, false, async bed =>
    {
        var (first, second, third) = (bed.Nodes[0], bed.Nodes[1], bed.Nodes[2]);
        foreach (var durability in options.Durabilities is [] ? ["memory", "journal"] : options.Durabilities)
        {
            var near = (await bed.ChannelsOnAsync(first, durability, 1))[0];
            var far = (await bed.ChannelsOnAsync(third, durability, 1))[0];
            var (same, across) = (new LatencyHistogram(), new LatencyHistogram());

            // What changes on the machine with time falls on both.
            foreach (var isFar in (bool[])[false, true, true, false])
            {
                var seen = isFar
                    ? await MeasureAsync(options, figures, bed, first, second, far, $"{durability}, three nodes")
                    : await MeasureAsync(options, figures, bed, first, first, near, $"{durability}, one node");
                (isFar ? across : same).Add(seen.ToCounts());
            }

            foreach (var share in Shares)
            {
                figures.Add($"{durability}, one node: publish to delivery, p{share * 100:0}", "ms", same.Percentile(share));
                figures.Add($"{durability}, three nodes: publish to delivery, p{share * 100:0}", "ms", across.Percentile(share));
                figures.Add(
                    $"{durability}: p{share * 100:0} across nodes against one node", "×", across.Percentile(share) / same.Percentile(share),
                    share == 0.99 ? "≤ 1.5" : "");
            }
        }
    });

    private static async Task<LatencyHistogram> MeasureAsync(
        BenchOptions options, Figures figures, ClusterBed bed, ServerProcess publisher, ServerProcess subscribers, string channel, string label)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        await using var fleet = await LoadFleet.StartAsync(options, sessions, publisher.Port);
        await fleet.ConnectAsync(Role.Subscriber, sessions, [subscribers.Port], [channel]);
        await fleet.ConnectAsync(Role.Publisher, 1, channel);
        var latencies = await SteadyLoad.MeasureAsync(
            fleet, bed.Processors(() => fleet.ProcessorTime), options, figures, label, channel,
            options.Bytes ?? DefaultBytes, options.Rate ?? DefaultRate, options.Seconds ?? DefaultSeconds);
        await fleet.DisconnectAsync(bye: true);
        return latencies;
    }
}
