using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;
using Realtime.Pbm.Tails;
using Realtime.Pbm.Top;
using Realtime.Pbm.Waiting;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm cluster …</c></summary>
internal static class ClusterVerbs
{
    public static Verb Create(VerbRunner runner) => Verb.Group(
        "cluster", "Nodes, events and the life of the cluster.", Show(runner), Tail(runner), Top(runner), Leave(runner), Down(runner));

    private static Verb Show(VerbRunner runner) => runner.Verb(
        "show",
        "The cluster and its nodes. JSON: ClusterStatus.",
        ["pbm cluster show", "pbm cluster show --json | jq -r '.nodes[].name'"],
        [],
        async (context, stop) =>
        {
            var answer = await context.Api.GetAsync<ClusterStatus>("cluster", stop).ConfigureAwait(false);
            return context.Tell(answer, value => Show(context.Screen, value));
        });

    private static Verb Tail(VerbRunner runner)
    {
        var tail = new TailOptions();
        return runner.Verb(
            "tail",
            "What happens, as it happens: starts and stops, trouble with the store, actions of operators. JSON: a ClusterEvent per line.",
            ["pbm cluster tail", "pbm cluster tail --last 100 --for 5m", "pbm cluster tail --json --lines 1"],
            tail.All,
            (context, stop) => new TailLoop(context, tail).RunAsync([new EventSource(context.Api, tail.LastOf(context))], stop));
    }

    private static Verb Top(VerbRunner runner)
    {
        var every = new Option<string?>("--every") { Description = "Between two looks. Default: 1s.", HelpName = "TIME" };
        var limit = new Option<string?>("--for") { Description = "End after this time. Default: on q or Ctrl+C.", HelpName = "TIME" };
        return runner.Verb(
            "top",
            "Live: rates, lag, latency and errors of every node. q or Ctrl+C leaves. Without a terminal one line per look and node; with --json a ClusterStatus per line.",
            ["pbm cluster top", "pbm cluster top --every 5s --for 1h >> load.txt"],
            [every, limit],
            (context, stop) => new TopLoop(context, context.Duration(every) ?? TimeSpan.FromSeconds(1), context.Duration(limit)).RunAsync(stop));
    }

    private static Verb Leave(VerbRunner runner)
    {
        var node = NodeNames.Required(runner);
        var options = new WaitOptions();
        var yes = Shared.Yes();
        return runner.Patient(
            "leave",
            "Lets a node say goodbye to its clients and end its process with exit code 0, as SIGTERM does. Waits for it.",
            ["pbm cluster leave node-2", "pbm cluster leave node-2 --yes --timeout 15m", "pbm cluster leave node-2 --yes --no-wait"],
            [node, options.NoWait, yes],
            async (context, stop) =>
            {
                var name = context.Get(node);
                await context.ConfirmAsync($"Let {name} leave the cluster and end?", context.Get(yes), stop).ConfigureAwait(false);
                return await new DepartureWait(context, name, leaves: true).RunAsync(context.Get(options.NoWait), stop).ConfigureAwait(false);
            });
    }

    private static Verb Down(VerbRunner runner)
    {
        var node = NodeNames.Required(runner);
        var force = new Option<bool>("--force") { Description = "Even though the node is alive: it loses its shards at once, and joins again." };
        var yes = Shared.Yes();
        return runner.Verb(
            "down",
            "Declares a node dead now instead of waiting for its lease: its shards are taken over by others. For nodes that do not come back. " + Shared.Parked,
            ["pbm cluster down node-2", "pbm cluster down node-2 --force --yes"],
            [node, force, yes],
            async (context, stop) =>
            {
                var name = context.Get(node);
                await context.ConfirmAsync($"Declare {name} dead and let others take its shards?", context.Get(yes), stop).ConfigureAwait(false);
                return context.Report(await context.Api.SendAsync<ActionResult, OperatorActions.Evict>(
                    HttpMethod.Post, ApiPaths.Node(name, "evict"), new OperatorActions.Evict(context.Get(force)), stop).ConfigureAwait(false));
            });
    }

    private static void Show(Screen screen, ClusterStatus cluster)
    {
        screen.Facts(
            ("cluster", cluster.Clustered ? $"{Words.Count(cluster.Nodes.Count, "node")}, seen by {cluster.Node}" : $"a single node, {cluster.Node}"),
            ("standing", Shared.Standing(cluster)),
            ("store", Shared.Store(cluster.Store, cluster.StoreEpoch)),
            ("shards", Shared.Shards(cluster)));
        if (cluster.Clustered)
        {
            screen.Facts(
                ("coordinator", cluster.Coordinator is { } coordinator ? coordinator : new Cell("none", Tone.Bad)),
                ("moves", Shared.Pauses(cluster.Paused)));
        }

        screen.Gap();
        var listing = new Listing(
            new Column("node"), new Column("status"), new Column("phase", 4, Shrinks: true), new Column("shards", 2, Right: true), new Column("connections", 1, Right: true),
            new Column("sessions", 5, Right: true), new Column("pub/s", 3, Right: true), new Column("del/s", 3, Right: true), new Column("p99", 4, Right: true),
            new Column("version", 8), new Column("uptime", 7, Right: true), new Column("clients at", 10, Shrinks: true));
        foreach (var node in cluster.Nodes)
        {
            var live = node.Live;
            listing.Add(
                new Cell(node.Name, Tone.Strong),
                Shared.Status(node, "no answer"),
                live is null ? "-" : live is { Obstacles.Count: > 0, Phase: "starting" or "serving" } ? new Cell($"{live.Phase}: {string.Join(", ", live.Obstacles)}", Tone.Bad) : Cell.State(live.Phase),
                Words.Number((long)node.Shards),
                Words.Number((long)node.Connections),
                Words.Number(live?.Sessions),
                live is null ? "-" : Words.Rate(live.Rates.Publishes),
                live is null ? "-" : Words.Rate(live.Rates.Deliveries),
                Words.Milliseconds(live?.Rates.PublishP99Ms),
                Words.OrDash(live?.Version),
                live is null ? "-" : Words.Duration(TimeSpan.FromSeconds(live.UptimeSeconds)),
                Words.OrDash(node.ClientUrl));
        }

        screen.Table(listing, "No nodes.");
        screen.Missing(cluster.Unreachable);
        if (cluster.Members.Count > 0)
        {
            screen.Gap();
            ShowMembers(screen, cluster.Members);
        }
    }

    private static void ShowMembers(Screen screen, IReadOnlyList<MemberStatus> members)
    {
        var listing = new Listing(
            new Column("member"), new Column("role", 2), new Column("standing"), new Column("reachable"), new Column("heard", 3, Right: true),
            new Column("row renewed", 1, Right: true), new Column("misses", 4), new Column("verdict", 1, Shrinks: true), new Column("at", 5, Shrinks: true));
        foreach (var member in members)
        {
            listing.Add(
                new Cell(member.Name, Tone.Strong),
                member.Role,
                Cell.State(member.Standing),
                member.Reachable ? new Cell("yes", Tone.Good) : new Cell("no", Tone.Bad),
                Ago(member.HeardMs),
                Ago(member.RowAgeMs),
                member.Misses.Count == 0 ? "-" : new Cell(string.Join(", ", member.Misses), Tone.Bad),
                member.Verdict is { } verdict ? new Cell(verdict, Tone.Bad) : "-",
                member.Address);
        }

        screen.Table(listing, "No members.");

        static string Ago(long? ms) => ms is { } known ? $"{Words.Duration(TimeSpan.FromMilliseconds(known))} ago" : "-";
    }
}
