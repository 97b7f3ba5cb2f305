using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>The same publishes to two namespaces of one server, in turns: the application decides about one of them.</summary>
internal sealed class HandledScenario : IScenario
{
    private const int Bytes = 128;
    private const int Turns = 3;
    private const int DefaultSeconds = 5;

    public string Name => "handled";

    public string Question => "How many publishes per second go through a handler in C#, against those that no handler is asked about?";

    public Task RunAsync(BenchOptions options, Figures figures) => TestBed.UseAsync(ServerRecipes.Handled("memory"), options, options.Publishers, async bed =>
    {
        // The first turn is for the compiler.
        await RateAsync(bed, options, ServerRecipes.Channel("memory"));
        await RateAsync(bed, options, ServerRecipes.Channel("handled"));
        List<double> without = [], with = [];
        for (var turn = 0; turn < Turns; turn++)
        {
            without.Add(await RateAsync(bed, options, ServerRecipes.Channel("memory")));
            with.Add(await RateAsync(bed, options, ServerRecipes.Channel("handled")));
        }

        figures.Under($"{options.Publishers} publishers × {options.InFlight} unanswered, one channel of `Memory`, {Bytes} bytes; {Turns} turns each, medians");
        figures.Add("acknowledged publishes, no handler", "1/s", Median(without));
        figures.Add("acknowledged publishes through a handler", "1/s", Median(with));
        figures.Add("through a handler against without", "×", Median(with) / Median(without), "≥ 0.9");
    });

    private static async Task<double> RateAsync(TestBed bed, BenchOptions options, string channel)
    {
        // Without numbers: each turn connects anew and would begin at 1 again.
        await bed.Fleet.ConnectAsync(Role.Publisher, options.Publishers, channel);
        var length = TimeSpan.FromSeconds(options.Seconds ?? DefaultSeconds);
        var from = LoadClock.Now + LoadClock.Second;
        var published = await bed.Fleet.PublishAsync(
            new LoadCommand.PublishByAck(Bytes, options.InFlight, Sequenced: false, from, from + (long)length.TotalSeconds * LoadClock.Second), TimeSpan.FromSeconds(1) + length);
        await bed.Fleet.CollectAsync();
        await bed.Fleet.DisconnectAsync(bye: true);
        return published.Acknowledged / length.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
