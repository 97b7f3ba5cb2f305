using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

internal sealed class RampScenario : IScenario
{
    private const int DefaultSessions = 15_000;

    public string Name => "ramp";

    public string Question => "How fast do sessions come up to welcome and subscribed, and what does an idle one cost in memory?";

    public Task RunAsync(BenchOptions options, Figures figures)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        var recipe = ServerRecipes.For(options);
        var durability = options.Durabilities is [var chosen, ..] ? chosen : "journal";
        var channels = Enumerable.Range(0, options.Channels).Select(number => ServerRecipes.Channel(durability, number)).ToArray();

        return TestBed.UseAsync(recipe, options, sessions, async bed =>
        {
            // Warm code and warm pools belong to the empty server; without them the first sessions would be charged for the compiler.
            await bed.Fleet.ConnectAsync(Role.Subscriber, options.WarmUpSessions, channels);
            await bed.Fleet.DisconnectAsync(bye: !options.AgainstKestrel);
            var empty = await bed.Server.QuietMemoryAsync();
            var managedEmpty = await bed.Server.ManagedBytesAsync();

            var connected = await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channels);
            var seconds = (connected.Last - connected.First) / (double)LoadClock.Second;
            var full = await bed.Server.QuietMemoryAsync();
            var managedFull = await bed.Server.ManagedBytesAsync();
            await bed.Fleet.CollectAsync();

            figures.Add($"{recipe.Name}: {sessions:N0} handshakes to subscribed", "1/s", sessions / seconds, "≥ 4,000");
            figures.Add($"{recipe.Name}: RSS per idle session", "KB", (full - empty) / 1000.0 / sessions, "≤ 20");
            figures.Add($"{recipe.Name}: RSS of the empty server after warm-up", "MB", empty / 1e6);
            if (managedEmpty is { } before && managedFull is { } after)
                figures.Add($"{recipe.Name}: managed heap per idle session", "KB", (after - before) / 1000.0 / sessions);
            figures.Add($"{recipe.Name}: handshakes that had to be tried again", "", connected.Retries);
        });
    }
}
