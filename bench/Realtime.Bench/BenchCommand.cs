using System.CommandLine;
using Realtime.Bench.Report;
using Realtime.Bench.Scenarios;
using Realtime.Bench.Servers;

namespace Realtime.Bench;

/// <summary>The command line: which scenario, with which sizes, how often.</summary>
internal static class BenchCommand
{
    private const string All = "all";

    private static readonly IScenario[] Scenarios =
        [new RampScenario(), new FanoutScenario(), new LatencyScenario(), new DurableScenario(), new StormScenario(), new StoppedScenario()];

    private static readonly string[] NeedTheNode = ["durable", "storm", "stopped"];

    public static RootCommand Create()
    {
        var scenario = new Argument<string>("scenario")
        {
            Description = "all, or: " + string.Join("; ", Scenarios.Select(known => $"{known.Name} ({known.Question})")),
        };
        scenario.AcceptOnlyFromAmong([All, .. Scenarios.Select(known => known.Name)]);
        var sessions = Number("--sessions", "Sessions (ramp: 15,000; all others: 10,000).");
        var runs = Positive("--runs", "Runs, each on a fresh server; the report shows their median.", 3);
        var target = new Option<string>("--target") { Description = "realtime, or kestrel: the bare reference loop (ramp, fanout, latency).", DefaultValueFactory = _ => "realtime" };
        target.AcceptOnlyFromAmong("realtime", "kestrel");
        var nodeArguments = new Option<string>("--node-args") { Description = "More arguments for the node, in one string.", DefaultValueFactory = _ => "" };
        var noBuild = new Option<bool>("--no-build") { Description = "Measure the servers as they were last built." };
        var channels = Positive("--channels", "Channels that ramp spreads its sessions over.", 1);
        var durability = new Option<string[]>("--durability") { Description = "none, memory, journal; may be repeated.", DefaultValueFactory = _ => [] };
        durability.AcceptOnlyFromAmong(ServerRecipes.Durabilities);
        var windows = new Option<int[]>("--window") { Description = "Messages under way in fanout; may be repeated.", DefaultValueFactory = _ => [4, 32] };
        var bytes = Number("--bytes", "Size of a message's data (128; stopped: 1,024).");
        var rate = new Option<double?>("--rate") { Description = "Messages per second in latency and stopped (5)." };
        var seconds = Number("--seconds", "Length of a measurement (fanout and durable 10, latency 20, stopped 60).");
        var warmUp = Positive("--warm-up", "Seconds of publishing before a measurement.", 3);
        var warmUpSessions = Positive("--warm-up-sessions", "Sessions that come and go before ramp measures.", 200);
        var concurrency = Positive("--concurrency", "Handshakes under way at a time.", 256);
        var perProcess = Positive("--sockets-per-process", "Sockets of one load process.", 10_000);
        var separately = new Option<bool>("--subscribe-separately") { Description = "Subscribe with a frame of its own after the welcome, not in the hello." };
        var publishers = Positive("--publishers", "Publishers in durable.", 64);
        var inFlight = Positive("--in-flight", "Unanswered publishes of each publisher in durable.", 16);
        var noSequence = new Option<bool>("--no-sequence") { Description = "Publish without seq in durable: no exactly-once." };
        var stopped = Positive("--stopped", "Readers that never read in stopped.", 100);
        var verify = new Option<bool>("--verify") { Description = "Parse every message and check that offsets and numbers follow each other (slower)." };
        var readBytes = Positive("--read-bytes", "Most bytes a client receives at a time; a small number cuts every frame everywhere.", int.MaxValue);

        var command = new RootCommand("Realtime's load generator: real sockets, each figure the median of runs.")
        {
            scenario, sessions, runs, target, nodeArguments, noBuild, channels, durability, windows, bytes, rate, seconds, warmUp, warmUpSessions, concurrency,
            perProcess, separately, publishers, inFlight, noSequence, stopped, verify, readBytes,
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
            Verify = parsed.GetValue(verify),
            ReadBytes = parsed.GetValue(readBytes),
        }));
        return command;
    }

    private static async Task<int> RunAsync(string name, BenchOptions options)
    {
        var chosen = Scenarios.Where(scenario => scenario.Name == name || (name == All && !(options.AgainstKestrel && NeedTheNode.Contains(scenario.Name)))).ToArray();
        try
        {
            if (options.AgainstKestrel && NeedTheNode.Contains(name))
                throw new BenchFailedException($"{name} needs the node: the bare loop keeps neither sessions nor logs.");
            if (options.Build)
                await BuildAsync(chosen, options);
            foreach (var scenario in chosen)
                await RunAsync(scenario, options);
            return 0;
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
    }

    private static async Task RunAsync(IScenario scenario, BenchOptions options)
    {
        var figures = new Figures();
        for (var run = 1; run <= options.Runs; run++)
        {
            await Console.Error.WriteLineAsync($"{scenario.Name}, run {run} of {options.Runs}");
            await scenario.RunAsync(options, figures);
        }

        await ReportPrinter.PrintAsync(scenario.Name, options, figures);
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
