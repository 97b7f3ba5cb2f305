using System.CommandLine;
using System.Globalization;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm schedule …</c></summary>
internal static class ScheduleVerbs
{
    public static Verb Create(VerbRunner runner) => Verb.Group("schedule", "Publishes at a time, with a key of the application's API: see them, take them back.", List(runner), Cancel(runner));

    private static Verb List(VerbRunner runner)
    {
        var prefix = new Option<string?>("--prefix") { Description = "Only channels whose name begins so.", HelpName = "TEXT" };
        var state = new Option<string?>("--state") { Description = "Only these.", HelpName = "STATE" };
        state.AcceptOnlyFromAmong("pending", "firing", "fired", "refused", "expired", "cancelled", "unknown");
        var limit = new Option<int>("--limit") { Description = "How many at most, up to 100.", HelpName = "N", DefaultValueFactory = static _ => 100 };
        var after = new Option<string?>("--after") { Description = "Go on after this one: what the page before said.", HelpName = "TEXT" };
        var application = new ApplicationOptions("it has the scope read");
        return runner.Verb(
            "list",
            "What is scheduled, by time, and what became of it. JSON: SchedulePage.",
            ["pbm schedule list --prefix chat: --state pending", "pbm schedule list --state refused --json"],
            [prefix, state, limit, after, .. application.All],
            async (context, stop) =>
            {
                var path = ApiPaths.With(
                    "schedules", ("prefix", context.Get(prefix)), ("state", context.Get(state)), ("limit", context.Get(limit)), ("after", context.Get(after)));
                var answer = await application.Get(context).SendAsync<SchedulePage>(HttpMethod.Get, path, null, stop).ConfigureAwait(false);
                return context.Tell(answer, page =>
                {
                    var listing = new Listing(
                        new Column("schedule"), new Column("at"), new Column("state"), new Column("channel", Shrinks: true), new Column("by", 3), new Column("bytes", 2, Right: true), new Column("position", 4), new Column("why", 1, Shrinks: true));
                    foreach (var schedule in page.Schedules)
                    {
                        listing.Add(
                            new Cell(schedule.Id, Tone.Strong), Words.Time(DateTimeOffset.FromUnixTimeMilliseconds(schedule.At)), schedule.State, schedule.Channel, Words.OrDash(schedule.Owner),
                            schedule.Bytes.ToString("N0", CultureInfo.InvariantCulture), Words.OrDash(schedule.Position), Words.OrDash(schedule.Code));
                    }

                    context.Screen.Table(listing, "Nothing such is scheduled.");
                    if (page.Next is { } next)
                    {
                        context.Screen.Remark($"There are more: --after {next}.");
                    }
                });
            });
    }

    private static Verb Cancel(VerbRunner runner)
    {
        var id = new Argument<string>("ID") { Description = "Id of the schedule." };
        var application = new ApplicationOptions("it has the scope publish");
        return runner.Verb(
            "cancel",
            "Takes a scheduled publish back. Exit code 6: it is too late. JSON: Cancelled.",
            ["pbm schedule cancel AAeRYKp7xk2cQm0Jr8ZVbg"],
            [id, .. application.All],
            async (context, stop) =>
            {
                var answer = await application.Get(context).SendAsync<OperatorActions.Cancelled>(
                    HttpMethod.Delete, $"schedules/{Uri.EscapeDataString(context.Get(id))}", null, stop).ConfigureAwait(false);
                return context.Tell(answer, _ => context.Screen.Line("Cancelled; it will not be published.", Tone.Good));
            });
    }
}
