using System.CommandLine;
using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary>The verbs of <c>pbm cluster-sharding</c> that move shards or keep them from moving.</summary>
internal static class MoveVerbs
{
    public static Verb Move(VerbRunner runner)
    {
        var shards = new Argument<string[]>("SHARD") { Description = "Shards: 17, or 10-20, or 1,2,3.", Arity = ArgumentArity.OneOrMore };
        var to = NodeNames.With(new Option<string>("--to") { Description = "The node that shall own them.", HelpName = "NODE", Required = true }, runner);
        var kind = Shared.Kind("Whether they are shards of sessions or of channels.", required: true);
        var yes = Shared.Yes();
        return runner.Verb(
            "move",
            "Moves shards to a node. Balance may move them on later; pause it to keep them there. JSON: an ActionResult; of several shards one that lists them." + " " + Shared.Parked,
            ["pbm cluster-sharding move 17 --kind session --to node-2", "pbm cluster-sharding move 100-199 --kind channel --to node-2 --yes"],
            [shards, kind, to, yes],
            async (context, stop) =>
            {
                var numbers = ShardNumbers.Parse(context.Get(shards));
                var node = context.Get(to)!;
                var named = context.Get(kind)!;
                if (numbers.Count == 1)
                {
                    return context.Report(await MoveAsync(context, named, numbers[0], node, stop).ConfigureAwait(false));
                }

                await context.ConfirmAsync($"Move {numbers.Count} {named} shards to {node}?", context.Get(yes), stop).ConfigureAwait(false);
                return await MoveAllAsync(context, named, numbers, node, stop).ConfigureAwait(false);
            });
    }

    public static Verb Rebalance(VerbRunner runner) => runner.Verb(
        "rebalance",
        "Waits for the next round of balance and says which shards move from where to where, or why none does. JSON: ActionResult." + " " + Shared.Parked,
        ["pbm cluster-sharding rebalance"],
        [],
        async (context, stop) => context.Report(await context.Api.PostAsync("shards/rebalance", stop).ConfigureAwait(false)));

    public static Verb Pause(VerbRunner runner)
    {
        var time = new Option<string?>("--for") { Description = "How long, 1s to 1d. Default: 1h.", HelpName = "TIME" };
        return runner.Verb(
            "pause",
            "Starts no move that only serves balance, for a while: what is lost is still taken over, and drains go on. JSON: ActionResult." + " " + Shared.Parked,
            ["pbm cluster-sharding pause --for 30m"],
            [time],
            async (context, stop) => context.Report(await context.Api.SendAsync<ActionResult, OperatorActions.Pause>(
                HttpMethod.Post, "shards/pause", new OperatorActions.Pause(context.Seconds(time) ?? 3600), stop).ConfigureAwait(false)));
    }

    public static Verb Resume(VerbRunner runner) => runner.Verb(
        "resume",
        "Ends a pause. JSON: ActionResult." + " " + Shared.Parked,
        ["pbm cluster-sharding resume"],
        [],
        async (context, stop) => context.Report(await context.Api.PostAsync("shards/resume", stop).ConfigureAwait(false)));

    private static Task<ApiAnswer<ActionResult>> MoveAsync(VerbContext context, string kind, int shard, string node, CancellationToken stop) =>
        context.Api.SendAsync<ActionResult, OperatorActions.MoveShard>(HttpMethod.Post, ApiPaths.Shard(kind, shard, "move"), new OperatorActions.MoveShard(node), stop);

    /// <summary>One after the other. Shards that cannot be moved now are told and the others are moved; without the right, or without an answer, it ends.</summary>
    private static async Task<int> MoveAllAsync(VerbContext context, string kind, IReadOnlyList<int> shards, string node, CancellationToken stop)
    {
        var results = new List<ActionResult.OnNode>();
        var codes = new HashSet<int>();
        var done = true;
        foreach (var shard in shards)
        {
            try
            {
                var answer = await MoveAsync(context, kind, shard, node, stop).ConfigureAwait(false);
                codes.Add(VerbContext.CodeOf(answer.Value));
                done &= answer.Value.Done;
                results.Add(new ActionResult.OnNode($"{kind} shard {shard}", VerbContext.CodeOf(answer.Value) == PbmExitCodes.Done, VerbContext.CodeOf(answer.Value) == PbmExitCodes.Done ? null : answer.Value.Text));
            }
            catch (CallFailedException e) when (e.ExitCode is PbmExitCodes.Refused or PbmExitCodes.NotFound or PbmExitCodes.Unfinished)
            {
                codes.Add(e.ExitCode);
                results.Add(new ActionResult.OnNode($"{kind} shard {shard}", false, e.Error.Message));
            }
            catch (CallFailedException e) when (results.Count > 0)
            {
                throw new CallFailedException(
                    PbmExitCodes.Unfinished, e.Error with { Message = $"{e.Error.Message} {Words.Count(results.Count(result => result.Ok), $"{kind} shard")} of {shards.Count} had been moved." }, e);
            }
        }

        var moved = results.Count(result => result.Ok);
        var summary = new ActionResult(done && moved == results.Count, $"{moved} of {Words.Count(results.Count, $"{kind} shard")} on the way to {node}", results);
        context.Report(new ApiAnswer<ActionResult>(summary, JsonSerializer.Serialize(summary, OperatorJson.Default.ActionResult)));

        // All of them alike: that is the answer. Otherwise it is done in part.
        return codes.Count == 1 ? codes.Single() : PbmExitCodes.Unfinished;
    }
}
