using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;
using Realtime.Pbm.Waiting;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm node …</c></summary>
internal static class NodeVerbs
{
    public static Verb Create(VerbRunner runner) => Verb.Group("node", "One node: look at it, empty it, fill it again.", Show(runner), Drain(runner), Undrain(runner));

    private static Verb Show(VerbRunner runner)
    {
        var node = NodeNames.Optional(runner);
        return runner.Verb(
            "show",
            "One node: state, load, rates, store, connections on their way, links to the others. JSON: NodeStatus.",
            ["pbm node show node-1", "pbm node show"],
            [node],
            async (context, stop) =>
            {
                var name = await context.NodeAsync(context.Find(node), stop).ConfigureAwait(false);
                var answer = await context.Api.GetAsync<NodeStatus>(ApiPaths.Node(name), stop).ConfigureAwait(false);
                if (context.Screen.Json)
                {
                    context.Screen.Document(answer.Json);
                }
                else
                {
                    Show(context.Screen, answer.Value);
                }

                return PbmExitCodes.Done;
            });
    }

    private static Verb Drain(VerbRunner runner)
    {
        var node = NodeNames.Required(runner);
        var options = new WaitOptions();
        return runner.Patient(
            "drain",
            "Lets a node give its shards and connections away without a user noticing, and stay. Waits for it. JSON: ActionResult. " + Shared.Parked,
            ["pbm node drain node-2", "pbm node drain node-2 --timeout 15m", "pbm node drain node-2 --no-wait"],
            [node, options.NoWait],
            (context, stop) => new DepartureWait(context, context.Get(node), leaves: false).RunAsync(context.Get(options.NoWait), stop));
    }

    private static Verb Undrain(VerbRunner runner)
    {
        var node = NodeNames.Required(runner);
        return runner.Verb(
            "undrain",
            "Takes a drain back: the node takes shards and connections again. JSON: ActionResult. " + Shared.Parked,
            ["pbm node undrain node-2"],
            [node],
            async (context, stop) => context.Report(await context.Api.PostAsync(ApiPaths.Node(context.Get(node), "undrain"), stop).ConfigureAwait(false)));
    }

    private static void Show(Screen screen, NodeStatus node)
    {
        // A node that is alone on its store has no place among others.
        ReadOnlySpan<(string, Cell)> place = node.PeerAddress.Length == 0
            ? []
            : [("incarnation", $"{node.Incarnation}"), ("other nodes at", node.PeerAddress), ("shards", $"{Words.Number((long)node.SessionShards)} of sessions, {Words.Number((long)node.ChannelShards)} of channels")];
        screen.Facts(
        [
            ("node", new Cell(node.Name, Tone.Strong)),
            ("status", Shared.Status(node, "does not answer")),
            .. place,
            ("clients at", node.ClientUrl ?? "no address of its own"),
            ("connections", $"{Words.Number((long)node.Connections)} of {Words.Number((long)node.Capacity)}"),
        ]);
        if (node.Live is not { } live)
        {
            return;
        }

        screen.Facts(
            ("version", live.Version),
            ("phase", Cell.State(live.Phase)),
            ("ready", live.Obstacles.Count == 0 ? new Cell("yes", Tone.Good) : new Cell("no: " + string.Join("; ", live.Obstacles), Tone.Bad)),
            ("standing", Cell.State(live.Standing)),
            ("uptime", Words.Duration(TimeSpan.FromSeconds(live.UptimeSeconds))),
            ("in memory", $"{Counted(live.Sessions, "session")}, {Counted(live.Channels, "channel")}"),
            ("memory", Words.Bytes(live.Memory)),
            ("cpu", $"{Words.Rate(Math.Round(live.Cpu * 100))} % of a core"),
            ("log level", live.LogLevel),
            ("store", Shared.Store(live.Store)),
            ("publishes", $"{Words.Rate(live.Rates.Publishes)}/s, p50 {Words.Milliseconds(live.Rates.PublishP50Ms)}, p99 {Words.Milliseconds(live.Rates.PublishP99Ms)}"),
            ("deliveries", $"{Words.Rate(live.Rates.Deliveries)}/s, {Words.Bytes((long)live.Rates.BytesOut)}/s"),
            ("errors", new Cell($"{Words.Rate(live.Rates.Errors)}/s, {Words.Rate(live.Rates.Refused)}/s refused at the door", live.Rates.Errors + live.Rates.Refused > 0 ? Tone.Bad : Tone.Plain)),
            ("dead letters", live.DeadLetters.Last is { } last ? $"{Words.Number(live.DeadLetters.Count)}, the latest a {last}" : "none"),
            ("behind", new Cell($"{Words.Count(live.Rates.Behind, "subscriber")}, {Words.Bytes(live.Rates.Queued)} queued", live.Rates.Behind > 0 ? Tone.Busy : Tone.Plain)));
        screen.Gap();
        ShowJournals(screen, live.Journals);
        if (live.Limited is { Count: > 0 } limited)
        {
            screen.Gap();
            ShowLimited(screen, limited);
        }
    }

    private static void ShowLimited(Screen screen, IReadOnlyList<LimitedClient> clients)
    {
        var listing = new Listing(new Column("limited", 1, Shrinks: true), new Column("by"), new Column("latest"), new Column("refused", Right: true));
        foreach (var client in clients)
        {
            listing.Add(new Cell(client.Name, Tone.Strong), client.Scope, client.Limit, Words.Number(client.Refused));
        }

        screen.Table(listing, "");
    }

    private static void ShowJournals(Screen screen, IReadOnlyList<JournalStatus> journals)
    {
        var listing = new Listing(
            new Column("journal"), new Column("breaker"), new Column("queued", Right: true), new Column("recoveries", Right: true), new Column("latest failure", 1, Shrinks: true));
        foreach (var journal in journals)
        {
            listing.Add(
                new Cell(journal.Name, Tone.Strong),
                Cell.State(journal.Breaker),
                $"{Words.Count(journal.QueuedWrites, "write")}, {Words.Bytes(journal.QueuedBytes)}",
                Words.Number((long)journal.Recoveries),
                Failure(journal));
        }

        screen.Table(listing, "No journals.");
    }

    private static string Counted(int? count, string what) => count is { } known ? Words.Count(known, what) : $"- {what}s";

    private static Cell Failure(JournalStatus journal) => journal.LastFailure is not { } failure ? "none"
        : journal.FailingSince is { } since ? new Cell($"{failure.Kind} since {Words.Time(since)}: {failure.Text}", Tone.Bad)
        : Cell.Quiet($"{failure.Kind} at {Words.Time(failure.At)}: {failure.Text}");
}
