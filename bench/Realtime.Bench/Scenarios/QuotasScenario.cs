using System.Globalization;
using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>The same readers alone, and beside one address that does ten times what it may.</summary>
internal sealed class QuotasScenario : IScenario
{
    private const int DefaultSessions = 2_000;
    private const int DefaultBytes = 128;
    private const int DefaultSeconds = 20;
    private const double DefaultRate = 20;

    public string Name => "quotas";

    public string Question => "Does one address at ten times its limits (sockets, handshakes, requests, bytes, silent sockets) delay the others?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        var readers = options.Sessions ?? DefaultSessions;
        figures.Under(string.Create(
            CultureInfo.InvariantCulture,
            $"{readers:N0} readers; beside them per second {Excess.Times * Excess.Handshakes} handshakes, {Excess.Times * Excess.Requests:N0} requests and {Excess.Times * Excess.KiB / 1024.0:0.0} MiB, and silent sockets, from one address that may have a tenth of it"));
        var alone = await MeasureAsync(options, figures, readers, isBeside: false);
        var beside = await MeasureAsync(options, figures, readers, isBeside: true);
        figures.Add("p99 beside it against alone", "×", beside / alone, "≤ 1.2");
    }

    private static async Task<double> MeasureAsync(BenchOptions options, Figures figures, int readers, bool isBeside)
    {
        var channel = ServerRecipes.Channel("memory");
        var label = isBeside ? "beside ten times the limits" : "alone";
        var latencies = new LatencyHistogram();
        var node = ServerRecipes.Realtime(options);

        // Not for all scenarios: an older node, which one is held against, knows no such option.
        node = node with { Environment = new Dictionary<string, string>(node.Environment.Concat(Excess.Limits)) };
        await TestBed.UseAsync(node, options, readers, async bed =>
        {
            await bed.Fleet.ConnectAsync(Role.Subscriber, readers, channel);
            await bed.Fleet.ConnectAsync(Role.Publisher, 1, channel);
            await using var excess = isBeside ? Excess.Begin(bed.Server.Port) : null;
            latencies = await SteadyLoad.MeasureAsync(
                bed.Fleet, ProcessorUse.Begin(bed), options, figures, label, channel, options.Bytes ?? DefaultBytes, options.Rate ?? DefaultRate, options.Seconds ?? DefaultSeconds);
            if (excess is not null)
            {
                await excess.EndAsync();
                figures.Add($"{label}, handshakes refused", "", excess.RefusedHandshakes, "≥ 1");
                figures.Add($"{label}, connections closed", "", excess.Closed, "≥ 1");
            }
        });

        figures.Add($"{label}, p50", "ms", latencies.Percentile(0.50));
        figures.Add($"{label}, p99", "ms", latencies.Percentile(0.99));
        return latencies.Percentile(0.99);
    }
}
