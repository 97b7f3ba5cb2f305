using System.CommandLine;
using Realtime.Bench.Report;
using Realtime.Bench.Scenarios;
using Realtime.Bench.Servers;

namespace Realtime.Bench;

/// <summary>The command line: which scenario, with which sizes, how often.</summary>
internal static class BenchCommand
{
    private const string All = "all";
    private const string Cluster = "cluster";

    private static readonly IScenario[] Scenarios =
        [new RampScenario(), new FanoutScenario(), new LatencyScenario(), new DurableScenario(), new StormScenario(), new StoppedScenario(),
            new MeteredScenario(), new InstrumentsScenario()];

    private static readonly IScenario[] ClusterScenarios =
        [new CrossNodeScenario(), new SpreadScenario(), new AddedScenario(), new DrainedScenario(), new KilledScenario(), new PostgresScenario(), new OperatorsScenario()];

    private static readonly string[] NeedTheNode = ["durable", "storm", "stopped", "metered", "instruments", Cluster, .. ClusterScenarios.Select(known => known.Name)];

    public static RootCommand Create()
    {
        var scenario = new Argument<string>("scenario")
        {
            Description = $"{All} (of one node), {Cluster} (of several), or: " +
                string.Join("; ", Scenarios.Concat(ClusterScenarios).Select(known => $"{known.Name} ({known.Question})")),
        };
        scenario.AcceptOnlyFromAmong([All, Cluster, .. Scenarios.Concat(ClusterScenarios).Select(known => known.Name)]);
        var sessions = Number("--sessions", "Sessions (ramp: 15,000; added, drained, killed: 6,000; crossnode: 100; operators: 50,000; all others: 10,000).");
        var runs = Positive("--runs", "Runs, each on a fresh server; the report shows their median.", 3);
        var target = new Option<string>("--target") { Description = "realtime, or kestrel: the bare reference loop (ramp, fanout, latency).", DefaultValueFactory = _ => "realtime" };
        target.AcceptOnlyFromAmong("realtime", "kestrel");
        var nodeArguments = new Option<string>("--node-args") { Description = "More arguments for the node, in one string.", DefaultValueFactory = _ => "" };
        var noBuild = new Option<bool>("--no-build") { Description = "Measure the servers as they were last built." };
        var channels = Number("--channels", "Channels that sessions are spread over (ramp: 1; operators: 200; added, drained, killed: 2,000).");
        var durability = new Option<string[]>("--durability") { Description = "none, memory, journal; may be repeated.", DefaultValueFactory = _ => [] };
        durability.AcceptOnlyFromAmong(ServerRecipes.Durabilities);
        var windows = new Option<int[]>("--window") { Description = "Messages under way in fanout; may be repeated.", DefaultValueFactory = _ => [4, 32] };
        var bytes = Number("--bytes", "Size of a message's data (128; stopped: 1,024).");
        var rate = new Option<double?>("--rate") { Description = "Messages per second (latency, stopped: 5; crossnode: 20; added, drained, killed: 2,000)." };
        var seconds = Number("--seconds", "Length of a measurement (fanout, durable, spread and postgres 10, latency and crossnode 20, stopped 60; before the event in added, drained, killed: 10).");
        var warmUp = Positive("--warm-up", "Seconds of publishing before a measurement.", 3);
        var warmUpSessions = Positive("--warm-up-sessions", "Sessions that come and go before ramp measures.", 200);
        var concurrency = Positive("--concurrency", "Handshakes under way at a time.", 256);
        var perProcess = Positive("--sockets-per-process", "Sockets of one load process.", 10_000);
        var separately = new Option<bool>("--subscribe-separately") { Description = "Subscribe with a frame of its own after the welcome, not in the hello." };
        var publishers = Positive("--publishers", "Publishers in durable.", 64);
        var inFlight = Positive("--in-flight", "Unanswered publishes of each publisher in durable.", 16);
        var noSequence = new Option<bool>("--no-sequence") { Description = "Publish without seq in durable: no exactly-once." };
        var stopped = Positive("--stopped", "Readers that never read in stopped.", 100);
        var store = new Option<string>("--store") { Description = "What the nodes of a cluster share: postgres (started for the run from the installed binaries) or sqlite.", DefaultValueFactory = _ => "postgres" };
        store.AcceptOnlyFromAmong("postgres", "sqlite");
        var heartbeat = new Option<double>("--heartbeat") { Description = "Seconds between two heartbeats of a node; it is declared dead after five.", DefaultValueFactory = _ => 3 };
        var drainWindow = Positive("--drain-window", "Seconds over which a node that stops moves its connections.", 30);
        var shards = Positive("--shards", "Shards of the cluster.", 4096);
        var logs = new Option<string?>("--logs") { Description = "Folder for everything the nodes of a cluster say, one file each." };
        var verify = new Option<bool>("--verify") { Description = "Parse every message and check that offsets and numbers follow each other (slower)." };
        var readBytes = Positive("--read-bytes", "Most bytes a client receives at a time; a small number cuts every frame everywhere.", int.MaxValue);

        var command = new RootCommand("Realtime's load generator: real sockets, each figure the median of runs.")
        {
            scenario, sessions, runs, target, nodeArguments, noBuild, channels, durability, windows, bytes, rate, seconds, warmUp, warmUpSessions, concurrency,
            perProcess, separately, publishers, inFlight, noSequence, stopped, store, heartbeat, drainWindow,
            shards, logs, verify, readBytes,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(scenario), new BenchOptions
        {
            Sessions = parsed.GetValue(sessions),
            Runs = parsed.GetValue(runs),
            AgainstKestrel = parsed.GetValue(target) == "kestrel",
            NodeArguments = parsed.GetRequiredValue(nodeArguments),
            Build = !parsed.GetValue(noBuild),
            Channels = parsed.GetValue(channels),
            Durabilities = parsed.GetRequiredValue(durability),
            Windows = parsed.GetRequiredValue(windows),
            Bytes = parsed.GetValue(bytes),
            Rate = parsed.GetValue(rate),
            Seconds = parsed.GetValue(seconds),
            WarmUpSeconds = parsed.GetValue(warmUp),
            WarmUpSessions = parsed.GetValue(warmUpSessions),
            Concurrency = parsed.GetValue(concurrency),
            SocketsPerProcess = parsed.GetValue(perProcess),
            SubscribeSeparately = parsed.GetValue(separately),
            Publishers = parsed.GetValue(publishers),
            InFlight = parsed.GetValue(inFlight),
            Sequenced = !parsed.GetValue(noSequence),
            Stopped = parsed.GetValue(stopped),
            Store = parsed.GetRequiredValue(store),
            Heartbeat = parsed.GetValue(heartbeat),
            DrainWindow = parsed.GetValue(drainWindow),
            Logs = parsed.GetValue(logs),
            Shards = parsed.GetValue(shards),
            Verify = parsed.GetValue(verify),
            ReadBytes = parsed.GetValue(readBytes),
        }));
        return command;
    }

    private static async Task<int> RunAsync(string name, BenchOptions options)
    {
        IScenario[] chosen =
        [
            .. Scenarios.Where(scenario => scenario.Name == name || (name == All && !(options.AgainstKestrel && NeedTheNode.Contains(scenario.Name)))),
            .. ClusterScenarios.Where(scenario => scenario.Name == name || name == Cluster),
        ];
        try
        {
            if (options.AgainstKestrel && NeedTheNode.Contains(name))
                throw new BenchFailedException($"{name} needs the node: the bare loop keeps neither sessions nor logs.");
            if (options.Build)
                await BuildAsync(chosen, options);
            var whole = true;
            foreach (var scenario in chosen)
                whole &= await RunAsync(scenario, options);
            return whole ? 0 : 1;
        }
        catch (Exception fault) when (fault is BenchFailedException or TimeoutException)
        {
            await Console.Error.WriteLineAsync("FAILED: " + fault.Message);
            return 1;
        }
    }

    private static async Task BuildAsync(IScenario[] chosen, BenchOptions options)
    {
        await ServerRecipes.For(options).BuildAsync();
        if (!options.AgainstKestrel && chosen.Any(scenario => scenario is LatencyScenario))
            await ServerRecipes.Kestrel.BuildAsync();
        if (chosen.Any(scenario => scenario is OperatorsScenario))
            await OperatorsScenario.BuildAsync();
    }

    /// <returns>False: something that must not happen did.</returns>
    private static async Task<bool> RunAsync(IScenario scenario, BenchOptions options)
    {
        var figures = new Figures();
        for (var run = 1; run <= options.Runs; run++)
        {
            await Console.Error.WriteLineAsync($"{scenario.Name}, run {run} of {options.Runs}");
            await scenario.RunAsync(options, figures);
        }

        await ReportPrinter.PrintAsync(scenario.Name, options, figures);
        return !figures.All.Any(figure => figure.IsBroken);
    }

    private static Option<int?> Number(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is <= 0)
                result.AddError($"{name} must be positive.");
        });
        return option;
    }

    private static Option<int> Positive(string name, string description, int fallback)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() <= 0)
                result.AddError($"{name} must be positive.");
        });
        return option;
    }
}
