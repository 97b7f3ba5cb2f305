using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;

namespace Realtime.Lighthouse;

/// <summary>
/// <c>/operator/v1</c>, as far as the view answers it: who is there and who owns what. Nothing can be done here and no node is asked, so that it answers all the
/// same when none of them does.
/// </summary>
internal sealed class OperatorEndpoint(ViewFollower follower, IViewReader store, OperatorDoor door, TimeProvider time)
{
    /// <summary>Who answers, in the place of a node's name.</summary>
    public const string Name = "lighthouse";

    private readonly ShardPlan _plan = new();

    public Task HandleAsync(HttpContext context)
    {
        var verdict = door.Look(context, OperatorRight.View);

        // Whatever a key may do at nodes.
        var here = verdict with { Caller = verdict.Caller with { Right = OperatorRight.View } };
        return OperatorAnswer.WriteAsync(context, here, verdict.Refusal ?? Answer(context));
    }

    private OperatorReply Answer(HttpContext context)
    {
        // Not by the decoded path, in which the names of nodes could hold what parts it.
        var request = context.Request;
        if (!RawPath.TrySplit(context, OperatorAnswer.Prefix, out var path))
        {
            return Elsewhere(request);
        }

        return (request.Method, path) switch
        {
            ("GET", ["cluster"]) => Of(Cluster),
            ("GET", ["nodes", var node]) => Of(seen => Node(seen.View, node)),
            ("GET", ["shards", "map"]) => Of(seen => Map(seen.View)),
            ("GET", ["shards", "locate"]) => Of(seen => Locate(seen.View, request.Query["session"].ToString(), request.Query["channel"].ToString())),
            ("GET", ["shards", var shard]) when shard != "moves" => Of(seen => Shard(seen.View, shard)),
            _ => Elsewhere(request),
        };
    }

    private static OperatorReply Elsewhere(HttpRequest request) => OperatorReply.NotFound(
        $"A lighthouse sees who is there and who owns what, and does nothing. Ask a node for {request.Method} {request.Path}.");

    private OperatorReply Of(Func<Sighting, OperatorReply> answer) => follower.Seen is { } seen
        ? answer(seen)
        : OperatorReply.Unavailable($"No cluster has been seen in {store.Description} yet: {follower.Trouble?.Fault ?? "it has not been looked at"}.");

    private OperatorReply Cluster(Sighting seen)
    {
        var view = seen.View;
        var trouble = follower.Trouble;
        return OperatorReply.Ok(
            new ClusterStatus(
                Name,
                Clustered: true,
                view.Version,
                view.StoreEpoch,
                ClusterStatus.Watching,
                (long)time.GetElapsedTime(seen.SeenAt).TotalMilliseconds,

                // Nobody can look into a store that is not.
                new StoreStatus(store.Description, Durable: true, trouble is null, trouble?.Fault),
                ViewAnswers.Counts(view),
                [],
                ViewAnswers.Nodes(view),
                []),
            OperatorJson.Default.ClusterStatus);
    }

    private static OperatorReply Node(ClusterView view, string name) => ViewAnswers.Nodes(view).FirstOrDefault(node => node.Name == name) is { } found
        ? OperatorReply.Ok(found, OperatorJson.Default.NodeStatus)
        : Subjects.NoNode(view, name);

    private static OperatorReply Map(ClusterView view)
    {
        var map = ViewAnswers.Map(view);
        return OperatorReply.Ok(map, OperatorJson.Default.ShardMapReport) with { Tag = ViewAnswers.TagOf(map) };
    }

    private static OperatorReply Locate(ClusterView view, string session, string channel)
    {
        if (session.Length > 0 == channel.Length > 0)
        {
            return Subjects.NotOne();
        }

        if (session.Length > 0)
        {
            return SessionId.TryParse(session, out var id) ? Located(EntityAddress.Of(id)) : Subjects.NoSession();
        }

        return ChannelName.TryParse(channel, out var name, out var fault) ? Located(EntityAddress.Of(name)) : Subjects.NoChannel(channel, fault);

        OperatorReply Located(EntityAddress address) => OperatorReply.Ok(ViewAnswers.Location(view, address), OperatorJson.Default.ShardLocation);
    }

    private OperatorReply Shard(ClusterView view, string text) => Subjects.TryShard(view, text, out var shard)
        ? OperatorReply.Ok(ViewAnswers.Shard(view, _plan, shard), OperatorJson.Default.ShardStatus)
        : Subjects.NoShard(view, text);
}
