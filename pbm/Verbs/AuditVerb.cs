using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm audit</c></summary>
internal static class AuditVerb
{
    public static Verb Create(VerbRunner runner)
    {
        var limit = new Option<int>("--limit") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = static _ => 50 };
        return runner.Verb(
            "audit",
            "What operators did and tried, over all nodes, the newest first. JSON: AuditPage.",
            ["pbm audit", "pbm audit --limit 500 --json | jq '.entries[] | select(.outcome >= 400)'"],
            [limit],
            async (context, stop) =>
            {
                if (context.Get(limit) < 1)
                {
                    throw CallFailedException.Usage("--limit must be at least 1.", "limit");
                }

                var answer = await context.Api.GetAsync<AuditPage>(ApiPaths.With("audit", ("limit", context.Get(limit))), stop).ConfigureAwait(false);
                return context.Tell(answer, page =>
                {
                    var listing = new Listing(
                        new Column("at"), new Column("who", 1, Shrinks: true), new Column("action"), new Column("target", Shrinks: true), new Column("outcome", Right: true),
                        new Column("node", 3), new Column("from", 4), new Column("detail", 2, Shrinks: true));
                    foreach (var entry in page.Entries)
                    {
                        listing.Add(
                            Words.Time(entry.At), entry.Who, new Cell(entry.Action, Tone.Strong), Words.OrDash(entry.Target),
                            new Cell($"{entry.Outcome}", entry.Outcome < 400 ? Tone.Good : Tone.Bad), entry.Node, entry.From, Words.OrDash(entry.Detail));
                    }

                    context.Screen.Table(listing, "No operator has done anything since the nodes started.");
                    context.Screen.Missing(page.Unreachable);
                });
            });
    }
}
