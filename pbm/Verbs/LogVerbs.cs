using System.CommandLine;
using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;
using Realtime.Pbm.Tails;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm log …</c></summary>
internal static class LogVerbs
{
    public static Verb Create(VerbRunner runner) => Verb.Group("log", "What nodes write to their logs, and how much.", Tail(runner), Level(runner));

    private static Verb Tail(VerbRunner runner)
    {
        var nodes = NodeNames.Several(runner);
        var level = LevelNames.Option("--level", "Only lines of this level and above.");
        var category = new Option<string?>("--category") { Description = "Only lines whose category begins so.", HelpName = "PREFIX" };
        var tail = new TailOptions();
        return runner.Verb(
            "tail",
            "Log lines of all nodes, or of some, as they are written. JSON: a LogLine per line, of several nodes with the node's name around it.",
            ["pbm log tail", "pbm log tail node-1 --level warning", "pbm log tail --category Realtime.Node --for 1m --json"],
            [nodes, level, category, .. tail.All],
            async (context, stop) =>
            {
                var last = tail.LastOf(context);
                var names = context.Find(nodes) is { Length: > 0 } named ? [.. named.Distinct()] : (await context.ClusterAsync(stop).ConfigureAwait(false)).Nodes.Select(node => node.Name).ToList();
                var sources = names.Select(name => new LogSource(context.Api, name, names.Count > 1, last, context.Get(level), context.Get(category))).ToList();
                return await new TailLoop(context, tail).RunAsync(sources, stop).ConfigureAwait(false);
            });
    }

    private static Verb Level(VerbRunner runner)
    {
        var level = LevelNames.Argument("LEVEL", $"{string.Join(", ", LevelNames.All)}. Without it the levels are shown.");
        var nodes = NodeNames.With(new Option<string[]>("--node") { Description = "On this node; may be said several times.", HelpName = "NODE", DefaultValueFactory = static _ => [] }, runner);
        var everywhere = new Option<bool>("--all") { Description = "On all nodes." };
        var category = new Option<string?>("--category") { Description = "Only for categories that begin so.", HelpName = "PREFIX" };
        var time = new Option<string?>("--for") { Description = "After which the configured level comes back, 1s to 1d. Default: when the process ends.", HelpName = "TIME" };
        return runner.Verb(
            "level",
            "Shows the level nodes log at, or sets it while they run. JSON: an ActionResult; of several nodes one that lists them.",
            ["pbm log level", "pbm log level debug --node node-1 --for 10m", "pbm log level debug --all --category Realtime.Node.Connections --for 5m"],
            [level, nodes, everywhere, category, time],
            async (context, stop) =>
            {
                var named = context.Get(nodes) ?? [];
                if (context.Find(level) is not { } wanted)
                {
                    return await ShowAsync(context, named, stop).ConfigureAwait(false);
                }

                if (named.Length > 0 == context.Get(everywhere))
                {
                    throw CallFailedException.Usage("Say on which nodes: --node NAME, or --all.", "node");
                }

                var names = named.Length > 0 ? named : [.. (await context.ClusterAsync(stop).ConfigureAwait(false)).Nodes.Where(node => node.Status != "dead").Select(node => node.Name)];
                var body = new OperatorActions.SetLogLevel(wanted, context.Get(category), context.Seconds(time));
                return names.Length == 1 ? context.Report(await SetAsync(context, names[0], body, stop).ConfigureAwait(false)) : await SetAllAsync(context, names, body, stop).ConfigureAwait(false);
            });
    }

    private static async Task<int> ShowAsync(VerbContext context, string[] named, CancellationToken stop)
    {
        var answer = await context.Api.GetAsync<ClusterStatus>("cluster", stop).ConfigureAwait(false);
        var nodes = answer.Value.Nodes.Where(node => named.Length == 0 || named.Contains(node.Name)).ToList();
        if (named.Except(nodes.Select(node => node.Name)).ToList() is { Count: > 0 } unknown)
        {
            throw new CallFailedException(PbmExitCodes.NotFound, new OperatorError("not_found", $"There is no node {string.Join(", ", unknown)}.", "node"));
        }

        if (context.Screen.Json)
        {
            context.Screen.Document(answer.Json);
            return PbmExitCodes.Done;
        }

        var listing = new Listing(new Column("node"), new Column("level"));
        foreach (var node in nodes)
        {
            listing.Add(new Cell(node.Name, Tone.Strong), node.Live is { } live ? new Cell(live.LogLevel, Tones.OfLevel(live.LogLevel)) : "-");
        }

        context.Screen.Table(listing, "No nodes.");
        context.Screen.Missing(answer.Value.Unreachable);
        return PbmExitCodes.Done;
    }

    private static Task<ApiAnswer<ActionResult>> SetAsync(VerbContext context, string node, OperatorActions.SetLogLevel body, CancellationToken stop) =>
        context.Api.SendAsync<ActionResult, OperatorActions.SetLogLevel>(HttpMethod.Put, ApiPaths.Node(node, "log/level"), body, stop);

    private static async Task<int> SetAllAsync(VerbContext context, string[] nodes, OperatorActions.SetLogLevel body, CancellationToken stop)
    {
        var results = new List<ActionResult.OnNode>();
        foreach (var node in nodes)
        {
            try
            {
                var result = (await SetAsync(context, node, body, stop).ConfigureAwait(false)).Value;
                results.Add(new ActionResult.OnNode(node, VerbContext.CodeOf(result) == PbmExitCodes.Done, result.Text));
            }
            catch (CallFailedException e) when (e.ExitCode is PbmExitCodes.NotFound or PbmExitCodes.Refused or PbmExitCodes.Unfinished)
            {
                results.Add(new ActionResult.OnNode(node, false, e.Error.Message));
            }
        }

        var summary = new ActionResult(true, $"{body.Level} on {results.Count(result => result.Ok)} of {Words.Count(results.Count, "node")}", results);
        return context.Report(new ApiAnswer<ActionResult>(summary, JsonSerializer.Serialize(summary, OperatorJson.Default.ActionResult)));
    }
}
