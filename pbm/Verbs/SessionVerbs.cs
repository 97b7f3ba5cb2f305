using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;
using Realtime.Pbm.Tails;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm session …</c></summary>
internal static class SessionVerbs
{
    public static Verb Create(VerbRunner runner) =>
        Verb.Group("session", "Sessions of clients: find them, look into them, end them.", Show(runner), List(runner), Tail(runner), Kick(runner), RevokeVerb.OfSession(runner));

    private static Argument<string> Id() => new("ID") { Description = "Id of the session." };

    private static Verb Show(VerbRunner runner)
    {
        var id = Id();
        return runner.Verb(
            "show",
            "One session: state, connection, subscriptions with positions and lag, what happened to it. JSON: SessionReport.",
            ["pbm session show fzwKkdLoS1aQwaozVe4PEg", "pbm session show fzwKkdLoS1aQwaozVe4PEg --json | jq '.subscriptions[] | select(.lag > 0)'"],
            [id],
            async (context, stop) =>
            {
                var answer = await context.Api.GetAsync<SessionReport>(ApiPaths.Session(context.Get(id)), stop).ConfigureAwait(false);
                return context.Tell(answer, value => Show(context.Screen, value));
            });
    }

    private static Verb List(VerbRunner runner)
    {
        var user = new Option<string?>("--user") { Description = "Only sessions of this user.", HelpName = "USER" };
        var node = NodeNames.Option(runner, "Only sessions this node owns or holds the connection of.");
        var state = new Option<string?>("--state") { Description = "Only sessions in this state.", HelpName = "attached|detached|parked" };
        state.AcceptOnlyFromAmong("attached", "detached", "parked");
        var page = new PageOptions();
        return runner.Verb(
            "list",
            "Sessions in memory. Those that have left it are found by their id only. JSON: SessionPage.",
            ["pbm session list --user ada", "pbm session list --node node-1 --state detached --limit 20", "pbm session list --all --json | jq -r '.sessions[].id'"],
            [user, node, state, .. page.All],
            async (context, stop) =>
            {
                var answer = await page.ReadAsync<SessionPage>(
                    context,
                    (after, limit) => ApiPaths.With(
                        "sessions", ("user", context.Get(user)), ("node", context.Get(node)), ("state", context.Get(state)), ("after", after), ("limit", limit)),
                    static sessions => sessions.Next,
                    static sessions => sessions.Sessions.Count,
                    static (one, other) => new SessionPage([.. one.Sessions, .. other.Sessions], other.Next, PageOptions.Union(one.Unreachable, other.Unreachable)),
                    stop).ConfigureAwait(false);
                return context.Tell(answer, found =>
                {
                    var listing = new Listing(
                        new Column("id"), new Column("user", 1, Shrinks: true), new Column("state"), new Column("owner", 3), new Column("at", 2),
                        new Column("subscriptions", 4, Right: true), new Column("since", 5));
                    foreach (var session in found.Sessions)
                    {
                        listing.Add(
                            new Cell(session.Id, Tone.Strong), Words.OrDash(session.User), Cell.State(session.State), Words.OrDash(session.Owner),
                            session.At is null ? "-" : session.At == session.Owner ? Cell.Quiet(session.At) : session.At, Words.Number((long)session.Subscriptions), Words.Time(session.Since));
                    }

                    context.Screen.Table(listing, "No such sessions in memory.");
                    PageOptions.More(context, found.Next);
                    context.Screen.Missing(found.Unreachable);
                });
            });
    }

    private static Verb Tail(VerbRunner runner)
    {
        var id = Id();
        var tail = new TailOptions();
        return runner.Verb(
            "tail",
            "What happens to a session, as it happens; ends when the session does. JSON: a SessionEvent per line.",
            ["pbm session tail fzwKkdLoS1aQwaozVe4PEg", "pbm session tail fzwKkdLoS1aQwaozVe4PEg --for 1m --json"],
            [id, .. tail.All],
            (context, stop) => new TailLoop(context, tail).RunAsync([new SessionSource(context.Api, context.Get(id), tail.LastOf(context))], stop));
    }

    private static Verb Kick(VerbRunner runner)
    {
        var id = Id();
        var reconnect = new Option<bool>("--reconnect") { Description = "The client may come back at once, and keeps its session: to move it away, or to try whether it comes back." };
        var reason = new Option<string?>("--reason") { Description = "Told to the client.", HelpName = "TEXT" };
        var yes = Shared.Yes();
        return runner.Verb(
            "kick",
            "Disconnects a session's client. Without --reconnect it is told not to come back and its session ends. JSON: ActionResult.",
            ["pbm session kick fzwKkdLoS1aQwaozVe4PEg --reason 'account closed'", "pbm session kick fzwKkdLoS1aQwaozVe4PEg --reconnect --yes"],
            [id, reconnect, reason, yes],
            async (context, stop) =>
            {
                var session = context.Get(id);
                var again = context.Get(reconnect);
                await context.ConfirmAsync(again ? $"Disconnect session {session}?" : $"End session {session} and tell its client not to come back?", context.Get(yes), stop).ConfigureAwait(false);
                return context.Report(await context.Api.SendAsync<ActionResult, OperatorActions.Disconnect>(
                    HttpMethod.Post, ApiPaths.Session(session, "disconnect"), new OperatorActions.Disconnect(again, context.Get(reason)), stop).ConfigureAwait(false));
            });
    }

    private static void Show(Screen screen, SessionReport report)
    {
        var session = report.Session;
        screen.Facts(
            ("session", new Cell(session.Id, Tone.Strong)),
            ("user", Words.OrDash(session.User)),
            ("state", Cell.State(session.State)),
            ("owner", $"{session.Owner ?? "nobody yet"}, shard {report.Shard}"),
            ("connection", session.At is null ? "none" : session.At == session.Owner ? $"{Words.OrDash(report.Connection)} on {session.At}" : $"{Words.OrDash(report.Connection)} on {session.At}, relayed"),
            ("attachment", report.Attachment ?? "none in this life"),
            ("since", Words.Time(session.Since)),
            ("expires", report.Expires is { } at ? new Cell(Words.Time(at), Tone.Busy) : "not while attached"),
            ("state keys", report.StateKeys.Count == 0 ? "none" : string.Join(", ", report.StateKeys)));
        screen.Gap();
        var subscriptions = new Listing(
            new Column("channel", Shrinks: true), new Column("mode"), new Column("lag", Right: true), new Column("position", 2), new Column("head", 3), new Column("present", 4));
        foreach (var subscription in report.Subscriptions)
        {
            subscriptions.Add(
                new Cell(subscription.Channel, Tone.Strong), Cell.State(subscription.Mode),
                subscription.Lag is { } lag ? new Cell(Words.Number(lag), lag > 0 ? Tone.Busy : Tone.Plain) : "-",
                Words.OrDash(subscription.Position), Words.OrDash(subscription.Head), subscription.Present ? "yes" : "-");
        }

        screen.Table(subscriptions, "No subscriptions.");
        screen.Gap();
        var history = new Listing(new Column("at"), new Column("what"), new Column("node", 1), new Column("why", 2, Shrinks: true));
        foreach (var happened in report.History)
        {
            history.Add(Words.Time(happened.At), happened.What, Words.OrDash(happened.Node), Words.OrDash(happened.Why));
        }

        screen.Table(history, "Nothing has happened to it since it was loaded.");
    }
}
