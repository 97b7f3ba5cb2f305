using System.CommandLine;
using Realtime.Bench.Scenarios;
using Realtime.Bench.Servers;

namespace Realtime.Bench;

/// <summary>The command line: which scenario, with which sizes, how often, on which program.</summary>
internal static class BenchCommand
{
    private static readonly Argument<string> Scenario = new("scenario") { Description = ScenarioCatalog.Description };

    private static readonly Option<int> Runs = Positive("--runs", "Runs, each on a fresh server; the report shows their median.", 3);

    private static readonly Option<string> Target = OneOf(
        "--target", "realtime, or kestrel: the bare reference loop (ramp, fanout, latency).", "realtime", "kestrel");

    private static readonly Option<string?> Node = new("--node")
    {
        Description = "Folder of a published node to measure. Default: this checkout's, published first.", HelpName = "FOLDER",
    };

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "Folder of another build's published node: every run is made with both, alternately, and the report compares them.",
        HelpName = "FOLDER",
    };

    private static readonly Option<string> NodeArguments = new("--node-args")
    {
        Description = "More arguments for the node, in one string.", DefaultValueFactory = _ => "",
    };

    private static readonly Option<bool> NoBuild = new("--no-build") { Description = "Measure the servers as they were last published." };

    private static readonly Option<int?> Sessions = Number("--sessions", "Sessions (ramp, operators: 15,000; all others: 10,000).");

    private static readonly Option<int?> Channels = Number(
        "--channels", "Channels (ramp: 1; operators: 200; durable, postgres: 1 and then as many as publishers).");

    private static readonly Option<string[]> Durability = new("--durability")
    {
        Description = "none, memory, journal; may be repeated.", DefaultValueFactory = _ => [],
    };

    private static readonly Option<int[]> Windows = new("--window")
    {
        Description = "Messages under way in fanout; may be repeated.", DefaultValueFactory = _ => [4, 32],
    };

    private static readonly Option<int?> Bytes = Number("--bytes", "Size of a message's data (128; stopped: 1,024).");

    private static readonly Option<double?> Rate = new("--rate") { Description = "Messages per second (latency, stopped: 5)." };

    private static readonly Option<int?> Seconds = Number(
        "--seconds", "Length of a measurement (fanout, durable, postgres 10, latency 20, stopped 60).");

    private static readonly Option<int> WarmUp = Positive("--warm-up", "Seconds of publishing before a measurement.", 3);

    private static readonly Option<int> WarmUpSessions = Positive(
        "--warm-up-sessions", "Sessions that come and go before ramp measures.", 200);

    private static readonly Option<int> Concurrency = Positive("--concurrency", "Handshakes under way at a time.", 256);

    private static readonly Option<int> PerProcess = Positive("--sockets-per-process", "Sockets of one load process.", 10_000);

    private static readonly Option<bool> Separately = new("--subscribe-separately")
    {
        Description = "Subscribe with a frame of its own after the welcome, not in the hello.",
    };

    private static readonly Option<int> Publishers = Positive("--publishers", "Publishers in durable and postgres.", 64);

    private static readonly Option<int> InFlight = Positive(
        "--in-flight", "Unanswered publishes of each publisher in durable and postgres.", 16);

    private static readonly Option<bool> NoSequence = new("--no-sequence")
    {
        Description = "Publish without seq in durable and postgres: no exactly-once.",
    };

    private static readonly Option<int> Stopped = Positive("--stopped", "Readers that never read in stopped.", 100);

    private static readonly Option<string?> Logs = new("--logs")
    {
        Description = "Folder for everything the node says, one file per process.", HelpName = "FOLDER",
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Of killed, drained and feeds the parts whose name contains this.", HelpName = "TEXT",
    };

    private static readonly Option<bool> Verify = new("--verify")
    {
        Description = "Parse every message and check that offsets and numbers follow each other (slower).",
    };

    private static readonly Option<int> ReadBytes = Positive(
        "--read-bytes", "Most bytes a client receives at a time; a small number cuts every frame everywhere.", int.MaxValue);

    public static RootCommand Create()
    {
        Scenario.AcceptOnlyFromAmong(ScenarioCatalog.Names);
        Durability.AcceptOnlyFromAmong(ServerRecipes.Durabilities);
        var command = new RootCommand("Realtime's load generator: real sockets, each figure the median of runs.")
        {
            Scenario, Runs, Target, Node, Against, NodeArguments, NoBuild, Sessions, Channels, Durability, Windows, Bytes, Rate, Seconds,
            WarmUp, WarmUpSessions, Concurrency, PerProcess, Separately, Publishers, InFlight, NoSequence, Stopped, Logs, Only, Verify, ReadBytes,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(Scenario), Read(parsed)));
        return command;
    }

    private static BenchOptions Read(ParseResult parsed) => new()
    {
        Sessions = parsed.GetValue(Sessions),
        Runs = parsed.GetValue(Runs),
        AgainstKestrel = parsed.GetValue(Target) == "kestrel",
        Node = parsed.GetValue(Node),
        Against = parsed.GetValue(Against),
        NodeArguments = parsed.GetRequiredValue(NodeArguments),
        Build = !parsed.GetValue(NoBuild),
        Channels = parsed.GetValue(Channels),
        Durabilities = parsed.GetRequiredValue(Durability),
        Windows = parsed.GetRequiredValue(Windows),
        Bytes = parsed.GetValue(Bytes),
        Rate = parsed.GetValue(Rate),
        Seconds = parsed.GetValue(Seconds),
        WarmUpSeconds = parsed.GetValue(WarmUp),
        WarmUpSessions = parsed.GetValue(WarmUpSessions),
        Concurrency = parsed.GetValue(Concurrency),
        SocketsPerProcess = parsed.GetValue(PerProcess),
        SubscribeSeparately = parsed.GetValue(Separately),
        Publishers = parsed.GetValue(Publishers),
        InFlight = parsed.GetValue(InFlight),
        Sequenced = !parsed.GetValue(NoSequence),
        Stopped = parsed.GetValue(Stopped),
        Logs = parsed.GetValue(Logs),
        Only = parsed.GetValue(Only),
        Verify = parsed.GetValue(Verify),
        ReadBytes = parsed.GetValue(ReadBytes),
    };

    private static async Task<int> RunAsync(string name, BenchOptions options)
    {
        try
        {
            var chosen = ScenarioCatalog.Choose(name, options);
            await PublishAsync(chosen, options);
            var whole = true;
            foreach (var scenario in chosen)
                whole &= await ScenarioRuns.RunAsync(scenario, options);
            return whole ? 0 : 1;
        }
        catch (BenchFailedException fault)
        {
            await Console.Error.WriteLineAsync("FAILED: " + fault.Message);
            return 1;
        }
    }

    /// <summary>Before the first run, so that no compiler runs beside a measurement.</summary>
    private static async Task PublishAsync(IReadOnlyList<IScenario> chosen, BenchOptions options)
    {
        if (!options.Build)
            return;
        if (!options.AgainstKestrel && options.Node is null)
            await PublishedProgram.Node.PublishAsync();
        if (chosen.Any(scenario => scenario is HandledScenario))
            await PublishedProgram.Handled.PublishAsync();
        if (options.AgainstKestrel || chosen.Any(scenario => scenario is LatencyScenario))
            await PublishedProgram.Kestrel.PublishAsync();
        if (chosen.Any(scenario => scenario is KilledScenario))
            await PublishedProgram.Lighthouse.PublishAsync();
        if (chosen.Any(scenario => scenario is OperatorsScenario or ClusterOperatorsScenario))
            await PublishedProgram.Pbm.PublishAsync();
    }

    private static Option<string> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
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
