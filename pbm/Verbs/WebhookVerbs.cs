using System.CommandLine;
using System.Globalization;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm webhook</c></summary>
internal static class WebhookVerbs
{
    public static Verb Create(VerbRunner runner) => Verb.Group(
        "webhook",
        "Events on their way to the application: how they come, and those that could not be delivered.",
        List(runner),
        Dead(runner),
        Settle(
            runner,
            "replay",
            "Delivers dead letters after all, the oldest first. What came after them has been delivered before them. JSON: ActionResult.",
            ["pbm webhook replay app", "pbm webhook replay app 3-1ybt44xc45hxk-17"]),
        Settle(
            runner,
            "drop",
            "Removes dead letters: they are never delivered. JSON: ActionResult.",
            ["pbm webhook drop app 3-1ybt44xc45hxk-17", "pbm webhook drop app --yes"],
            target => $"Drop dead letters of {target}? They are never delivered."));

    private static Verb List(VerbRunner runner) => runner.Verb(
        "list",
        "Who takes events, and how they come there, over all nodes. JSON: WebhookPage.",
        ["pbm webhook list", "pbm webhook list --json | jq '.targets[] | select(.waiting > 100)'"],
        [],
        async (context, stop) => context.Tell(await context.Api.GetAsync<WebhookPage>("webhooks", stop).ConfigureAwait(false), page =>
        {
            var listing = new Listing(
                new Column("target"), new Column("delivered", Right: true), new Column("failed", Right: true), new Column("dead", Right: true),
                new Column("waiting", Right: true), new Column("lag", Right: true));
            foreach (var target in page.Targets)
            {
                listing.Add(
                    new Cell(target.Target, Tone.Strong),
                    Count(target.Delivered),
                    Count(target.Failed),
                    new Cell(Count(target.Dead), target.Dead == 0 ? Tone.Plain : Tone.Bad),
                    Count(target.Waiting),
                    new Cell(Words.Duration(TimeSpan.FromMilliseconds(target.LagMilliseconds)), target.LagMilliseconds < 10_000 ? Tone.Plain : Tone.Bad));
            }

            context.Screen.Table(listing, "Nobody takes events.");
            context.Screen.Missing(page.Unreachable);
        }));

    private static Verb Dead(VerbRunner runner)
    {
        var target = Target();
        var limit = new Option<int>("--limit") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = static _ => 50 };
        return runner.Verb(
            "dead",
            "Events that could not be delivered, the oldest first. JSON: DeadEventPage.",
            ["pbm webhook dead app", "pbm webhook dead app --limit 500 --json | jq -r '.events[].id'"],
            [target, limit],
            async (context, stop) =>
            {
                if (context.Get(limit) < 1)
                {
                    throw CallFailedException.Usage("--limit must be at least 1.", "limit");
                }

                var answer = await context.Api.GetAsync<DeadEventPage>(ApiPaths.With(ApiPaths.Webhook(context.Get(target), "dead"), ("limit", context.Get(limit))), stop).ConfigureAwait(false);
                return context.Tell(answer, page =>
                {
                    var listing = new Listing(
                        new Column("id"), new Column("event"), new Column("of", Shrinks: true), new Column("happened", 2), new Column("tries", 1, Right: true), new Column("why", Shrinks: true));
                    foreach (var dead in page.Events)
                    {
                        listing.Add(
                            new Cell(dead.Id, Tone.Strong), dead.Event, Words.OrDash(dead.Channel ?? dead.Session), Words.Time(dead.At), dead.Tries.ToString(CultureInfo.InvariantCulture), dead.Why);
                    }

                    context.Screen.Table(listing, "There are no dead letters.");
                });
            });
    }

    private static Verb Settle(VerbRunner runner, string name, string description, IReadOnlyList<string> examples, Func<string, string>? question = null)
    {
        var target = Target();
        var ids = new Argument<string[]>("ID") { Description = "Ids of events, at most 100. None: the oldest 100.", Arity = ArgumentArity.ZeroOrMore, DefaultValueFactory = static _ => [] };
        var yes = Shared.Yes();
        return runner.Verb(
            name,
            description,
            [.. examples],
            question is null ? [target, ids] : [target, ids, yes],
            async (context, stop) =>
            {
                if (question is not null)
                {
                    await context.ConfirmAsync(question(context.Get(target)), context.Get(yes), stop).ConfigureAwait(false);
                }

                var chosen = context.Get(ids) is { Length: > 0 } some ? some : null;
                return context.Report(await context.Api.SendAsync<ActionResult, OperatorActions.DeadEvents>(
                    HttpMethod.Post, ApiPaths.Webhook(context.Get(target), "dead/" + name), new OperatorActions.DeadEvents(chosen), stop).ConfigureAwait(false));
            });
    }

    private static Argument<string> Target() => new("TARGET") { Description = "Name of the endpoint, or 'handlers' for the application's code in the nodes." };

    private static string Count(long count) => Words.Number(count);
}
