using Realtime.Bench.Load;
using Realtime.Bench.Report;
using Realtime.Bench.Servers;

namespace Realtime.Bench.Scenarios;

/// <summary>One node on SQLite and an endpoint on the same machine, in the process of the benchmark: what a webhook costs without a network.</summary>
internal sealed class WebhooksScenario : IScenario
{
    private const int Bytes = 128;
    private const int DefaultSessions = 5_000;
    private const int DefaultSeconds = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public string Name => "webhooks";

    public string Question => "How many events per second reach an endpoint, and how many publishes per second does one decide about?";

    public async Task RunAsync(BenchOptions options, Figures figures)
    {
        var sessions = options.Sessions ?? DefaultSessions;
        using var sink = new HookSink();
        var node = ServerRecipes.Realtime(options);
        node = node with
        {
            Environment = new Dictionary<string, string>(node.Environment)
            {
                ["REALTIME__WEBHOOKS__ALLOWHTTP"] = "true",
                ["REALTIME__WEBHOOKS__ALLOWPRIVATEADDRESSES"] = "true",
                ["REALTIME__WEBHOOKS__ENDPOINTS__bench__URL"] = sink.Url,
                ["REALTIME__WEBHOOKS__ENDPOINTS__bench__SECRETS"] = "of-this-benchmark-alone-0123456789abcdef",
                ["REALTIME__WEBHOOKS__ENDPOINTS__bench__HOOKS"] = "publish, sessions",
                ["REALTIME__WEBHOOKS__ENDPOINTS__bench__CHANNELS"] = ServerRecipes.Channel("memory"),
            },
        };
        await TestBed.UseAsync(node, options, sessions, async bed =>
        {
            figures.Under($"events: the beginning of {sessions:N0} sessions, from the first handshake to the last event; decisions: {options.Publishers} publishers × {options.InFlight} unanswered on one channel of `Memory`, {Bytes} bytes");
            var from = LoadClock.Now;
            await bed.Fleet.ConnectAsync(Role.Subscriber, sessions, ServerRecipes.Channel("none"));
            var connected = LoadClock.Now;
            while (sink.Events < sessions)
            {
                if (LoadClock.Now - from > (long)Patience.TotalSeconds * LoadClock.Second)
                    throw new BenchFailedException($"{sink.Events} of {sessions} events came.");
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
            }

            var all = LoadClock.Now;
            figures.Add("events delivered", "1/s", sessions * (double)LoadClock.Second / (all - from));
            figures.Add("after the last session was there until the last event", "ms", (all - connected) / (double)LoadClock.Millisecond);
            await bed.Fleet.CollectAsync();
            await bed.Fleet.DisconnectAsync(bye: true);

            await bed.Fleet.ConnectAsync(Role.Publisher, options.Publishers, ServerRecipes.Channel("memory"));
            var length = TimeSpan.FromSeconds(options.Seconds ?? DefaultSeconds);
            var began = LoadClock.Now + LoadClock.Second;
            var published = await bed.Fleet.PublishAsync(
                new LoadCommand.PublishByAck(Bytes, options.InFlight, options.Sequenced, began, began + (long)length.TotalSeconds * LoadClock.Second), TimeSpan.FromSeconds(1) + length);
            await bed.Fleet.CollectAsync();
            if (sink.Decisions < published.Acknowledged)
                throw new BenchFailedException($"{published.Acknowledged} publishes and {sink.Decisions} decisions.");
            figures.Add("publishes that the endpoint decided about", "1/s", published.Acknowledged / length.TotalSeconds);
        });
    }
}
