using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class CrossNodeScenario : IScenario
{
    private const int DefaultSessions = 100;
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 20;
    private const double DefaultRate = 20;
    private const int Nodes = 3;

    private static readonly double[] Shares = [0.50, 0.99];

    public string Name => "crossnode";

    public string Question => "How long from publish to delivery when publisher, channel and subscribers are on three nodes, against all on one?";

    public Task RunAsync(BenchOptions options, Figures figures) => ClusterBed.UseAsync(options, figures, Nodes, async bed =>
    {
        var view = await bed.BalancedAsync();
        var (first, second, third) = (bed.Nodes[0], bed.Nodes[1], bed.Nodes[2]);
        foreach (var durability in options.Durabilities is [] ? ["memory", "journal"] : options.Durabilities)
        {
            var same = await MeasureAsync(options, figures, bed, first, first, ClusterBed.ChannelOf(view, first, durability), $"{durability}, one node");
            var across = await MeasureAsync(options, figures, bed, first, second, ClusterBed.ChannelOf(view, third, durability), $"{durability}, three nodes");
            foreach (var share in Shares)
                figures.Add($"{durability}: p{share * 100:0} across nodes against one node", "×", across.Percentile(share) / same.Percentile(share));
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
        figures.Add($"{label}: publish to delivery, p50", "ms", latencies.Percentile(0.50));
        figures.Add($"{label}: publish to delivery, p99", "ms", latencies.Percentile(0.99));
        await fleet.DisconnectAsync(bye: true);
        return latencies;
    }
}
