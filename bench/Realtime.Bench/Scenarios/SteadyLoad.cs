using Realtime.Bench.Load;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>Messages at a steady rate from one publisher to all readers of a channel, and how long each took to reach each of them.</summary>
internal static class SteadyLoad
{
    public static async Task<LatencyHistogram> MeasureAsync(TestBed bed, BenchOptions options, string channel, int bytes, double rate, int seconds)
    {
        var from = LoadClock.Now + options.WarmUpSeconds * LoadClock.Second;
        var until = from + seconds * LoadClock.Second;
        await bed.Fleet.MeasureAsync(from, until, latency: true);
        await bed.Fleet.PublishAsync(
            new LoadCommand.PublishByRate(channel, bytes, rate, until), TimeSpan.FromSeconds(options.WarmUpSeconds + seconds));
        return (await bed.Fleet.CollectAsync()).Latencies;
    }
}
