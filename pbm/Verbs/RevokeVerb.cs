using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm user revoke</c> and <c>pbm session revoke</c>.</summary>
internal static class RevokeVerb
{
    public static Verb UserGroup(VerbRunner runner) => Verb.Group("user", "Users of the application: take their tokens back.", OfUser(runner));

    public static Verb OfSession(VerbRunner runner) => Create(
        runner,
        new Argument<string>("ID") { Description = "Id of the session." },
        "Ends a session for good on every node: its client is closed with 'unauthorized', and nobody resumes it. JSON: ActionResult.",
        ["pbm session revoke fzwKkdLoS1aQwaozVe4PEg --reason 'stolen laptop'", "pbm session revoke fzwKkdLoS1aQwaozVe4PEg --yes --json"],
        id => ($"Revoke session {id}? It cannot be taken back.", ApiPaths.Session(id, "revoke")));

    private static Verb OfUser(VerbRunner runner) => Create(
        runner,
        new Argument<string>("NAME") { Description = "Name of the user, as their tokens say it (sub)." },
        "Takes back all tokens of a user that were issued until now, on every node: what is connected with them is closed with 'unauthorized'. A newer token counts. JSON: ActionResult.",
        ["pbm user revoke alice --reason 'account closed'", "pbm user revoke alice --yes --json"],
        user => ($"Revoke all tokens of user {user} that were issued until now? It cannot be taken back.", ApiPaths.User(user, "revoke")));

    private static Verb Create(VerbRunner runner, Argument<string> subject, string description, IReadOnlyList<string> examples, Func<string, (string Question, string Path)> call)
    {
        var reason = new Option<string?>("--reason") { Description = "Kept in the log of revocations; the client is not told.", HelpName = "TEXT" };
        var yes = Shared.Yes();
        return runner.Verb(
            "revoke",
            description,
            [.. examples],
            [subject, reason, yes],
            async (context, stop) =>
            {
                var (question, path) = call(context.Get(subject));
                await context.ConfirmAsync(question, context.Get(yes), stop).ConfigureAwait(false);
                return context.Report(await context.Api.SendAsync<ActionResult, OperatorActions.Revoke>(
                    HttpMethod.Post, path, new OperatorActions.Revoke(context.Get(reason)), stop).ConfigureAwait(false));
            });
    }
}
