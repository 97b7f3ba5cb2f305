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
        var channels = Enumerable.Range(0, options.Channels ?? 1).Select(number => ServerRecipes.Channel(durability, number)).ToArray();

        return TestBed.UseAsync(recipe, options, sessions, async bed =>
        {
            // A few sessions first: the code they load belongs to the empty server. Only a few, because the memory that many leave behind would be
            // used again by those that are counted, and make them look cheaper than they are.
            await bed.Fleet.ConnectAsync(Role.Subscriber, options.WarmUpSessions, channels);
            await bed.Fleet.DisconnectAsync(bye: !options.AgainstKestrel);
            var empty = await bed.Server.QuietMemoryAsync();
            var managedEmpty = await bed.Server.ManagedBytesAsync();

            var cold = await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channels);
            var full = await bed.Server.QuietMemoryAsync();
            var managedFull = await bed.Server.ManagedBytesAsync();
            await bed.Fleet.CollectAsync();
            figures.Add($"{recipe.Name}: RSS per idle session", "KB", (full - empty) / 1000.0 / sessions, "≤ 27");
            if (managedEmpty is { } before && managedFull is { } after)
                figures.Add($"{recipe.Name}: managed heap per idle session", "KB", (after - before) / 1000.0 / sessions);
            figures.Add($"{recipe.Name}: RSS of the empty server", "MB", empty / 1e6);
            figures.Add($"{recipe.Name}: {sessions:N0} handshakes to subscribed, server just started", "1/s", Rate(cold, sessions));

            // The same once more, now that every path has been compiled for speed.
            await bed.Fleet.DisconnectAsync(bye: !options.AgainstKestrel);
            await bed.Server.QuietMemoryAsync();
            var processors = ProcessorUse.Begin(bed);
            var warm = await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, channels);
            var use = processors();
            await bed.Fleet.CollectAsync();
            figures.Add($"{recipe.Name}: {sessions:N0} handshakes to subscribed, server warm", "1/s", Rate(warm, sessions), "≥ 5,000");
            figures.Note("warm handshakes", use.Cores());
            figures.Add($"{recipe.Name}: handshakes that had to be tried again", "", cold.Retries + warm.Retries);
        });
    }

    private static double Rate(LoadEvent.Connected connected, int sessions) => sessions * (double)LoadClock.Second / (connected.Last - connected.First);
}
