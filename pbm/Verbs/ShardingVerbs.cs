using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Completion;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary><c>pbm cluster-sharding …</c>: where things are. What moves them: <see cref="MoveVerbs"/>.</summary>
internal static class ShardingVerbs
{
    public static Verb Create(VerbRunner runner) => Verb.Group(
        "cluster-sharding",
        "Where sessions and channels live, and moving them.",
        List(runner), Regions(runner), ShardList(runner), Locate(runner), MoveVerbs.Move(runner), MoveVerbs.Rebalance(runner), MoveVerbs.Pause(runner), MoveVerbs.Resume(runner));

    private static Verb List(VerbRunner runner) => runner.Verb(
        "list",
        "Kinds of entities with their totals, and the shards. JSON: ClusterStatus.",
        ["pbm cluster-sharding list"],
        [],
        async (context, stop) =>
        {
            var answer = await context.Api.GetAsync<ClusterStatus>("cluster", stop).ConfigureAwait(false);
            return context.Tell(answer, cluster =>
            {
                var lives = cluster.Nodes.Select(node => node.Live).OfType<NodeLive>().ToList();
                var listing = new Listing(new Column("kind"), new Column("in memory", Right: true), new Column("nodes", Right: true), new Column("shards", Right: true));
                foreach (var (kind, count) in (ReadOnlySpan<(string, Func<NodeLive, int?>)>)[("session", static live => live.Sessions), ("channel", static live => live.Channels)])
                {
                    listing.Add(
                        new Cell(kind, Tone.Strong), lives.All(live => count(live) is not null) ? Words.Number(lives.Sum(live => (long)count(live)!.Value)) : "-", Words.Number(lives.LongCount(live => count(live) > 0)), Words.Number((long)cluster.Shards.Total / 2));
                }

                context.Screen.Table(listing, "No kinds.");
                context.Screen.Gap();
                context.Screen.Facts(("shards", Shared.Shards(cluster)));
                if (cluster.Clustered)
                {
                    context.Screen.Facts(("moves", Shared.Pauses(cluster.Paused)));
                }

                context.Screen.Missing(cluster.Unreachable);
            });
        });

    private static Verb Regions(VerbRunner runner) => runner.Verb(
        "regions",
        "Each node's shards of both kinds, and what operators move to and from it. JSON: ClusterStatus.",
        ["pbm cluster-sharding regions"],
        [],
        async (context, stop) =>
        {
            var answer = await context.Api.GetAsync<ClusterStatus>("cluster", stop).ConfigureAwait(false);
            if (context.Screen.Json)
            {
                context.Screen.Document(answer.Json);
                return PbmExitCodes.Done;
            }

            var moves = await context.MovesAsync(stop).ConfigureAwait(false);
            var capacity = Math.Max(1, answer.Value.Nodes.Where(node => node.Status == "active").Sum(node => (long)node.Capacity));
            var listing = new Listing(
                new Column("node"), new Column("status", 2), new Column("session shards", Right: true), new Column("channel shards", Right: true), new Column("share", 4, Right: true), new Column("capacity", 5, Right: true),
                new Column("sessions", 1, Right: true), new Column("channels", 1, Right: true), new Column("leaving", 3, Right: true), new Column("coming", 3, Right: true));
            foreach (var node in answer.Value.Nodes)
            {
                listing.Add(
                    new Cell(node.Name, Tone.Strong), Cell.State(node.Status), Words.Number((long)node.SessionShards), Words.Number((long)node.ChannelShards),
                    node.Status == "active" ? $"{100.0 * node.Capacity / capacity:0} %" : "-", Words.Number((long)node.Capacity),
                    Words.Number(node.Live?.Sessions), Words.Number(node.Live?.Channels),
                    Words.Number((long)moves.Count(move => move.From == node.Name)), Words.Number((long)moves.Count(move => move.To == node.Name)));
            }

            context.Screen.Table(listing, "No nodes.");
            context.Screen.Missing(answer.Value.Unreachable);
            return PbmExitCodes.Done;
        });

    private static Verb ShardList(VerbRunner runner)
    {
        var node = NodeNames.Option(runner, "Only shards of this node.");
        var kind = Shared.Kind("Only shards of sessions, or of channels.");
        var state = new Option<string?>("--state") { Description = "Only shards in this state.", HelpName = "here|moving|free" };
        state.AcceptOnlyFromAmong("here", "moving", "free");
        var page = new PageOptions();
        return runner.Verb(
            "shards",
            "Shard by shard: owner, state, what is in it. Sessions and channels have shards of their own, numbered alike. JSON: ShardPage.",
            ["pbm cluster-sharding shards --node node-1", "pbm cluster-sharding shards --kind channel --state moving --all", "pbm cluster-sharding shards --all --json | jq '.shards | length'"],
            [kind, node, state, .. page.All],
            async (context, stop) =>
            {
                var answer = await page.ReadAsync<ShardPage>(
                    context,
                    (after, limit) => ApiPaths.With("shards", ("kind", context.Get(kind)), ("node", context.Get(node)), ("state", context.Get(state)), ("after", after), ("limit", limit)),
                    static shards => shards.Next,
                    static shards => shards.Shards.Count,
                    static (one, other) => other with { Shards = [.. one.Shards, .. other.Shards] },
                    stop).ConfigureAwait(false);
                return context.Tell(answer, found =>
                {
                    var listing = new Listing(
                        new Column("kind"), new Column("shard", Right: true), new Column("owner"), new Column("state"), new Column("to", 3),
                        new Column("in memory", 1, Right: true));
                    foreach (var shard in found.Shards)
                    {
                        listing.Add(
                            shard.Kind, $"{shard.Shard}", shard.Owner is null ? Cell.Quiet("nobody") : shard.Owner, Cell.State(shard.State),
                            shard.Target is null ? "-" : new Cell(shard.Target, Tone.Busy), Words.Number(shard.Entities));
                    }

                    context.Screen.Table(listing, "No such shards.");
                    PageOptions.More(context, found.Next);
                });
            });
    }

    private static Verb Locate(VerbRunner runner)
    {
        var session = new Option<string?>("--session") { Description = "Id of a session.", HelpName = "ID" };
        var channel = new Option<string?>("--channel") { Description = "Name of a channel.", HelpName = "NAME" };
        return runner.Verb(
            "locate",
            "The shard and the node where a session or channel lives, whether it is in memory or not. JSON: ShardLocation.",
            ["pbm cluster-sharding locate --channel chat:lobby", "pbm cluster-sharding locate --session fzwKkdLoS1aQwaozVe4PEg"],
            [session, channel],
            async (context, stop) =>
            {
                if (context.Get(session) is null == context.Get(channel) is null)
                {
                    throw CallFailedException.Usage("Say either --session or --channel.");
                }

                var answer = await context.Api.GetAsync<ShardLocation>(
                    ApiPaths.With("shards/locate", ("session", context.Get(session)), ("channel", context.Get(channel))), stop).ConfigureAwait(false);
                return context.Tell(answer, value => context.Screen.Facts(
                    (value.Kind, new Cell(value.Id, Tone.Strong)),
                    ("shard", $"{value.Kind} {value.Shard}"),
                    ("owner", value.Owner is { } owner ? owner : Cell.Quiet("nobody yet"))));
            });
    }
}
