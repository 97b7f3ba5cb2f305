using Realtime.Node.Operations.Answers;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Handler = System.Func<Realtime.Node.Operations.Questions.OperatorQuestion, System.Threading.CancellationToken, System.Threading.Tasks.Task<Realtime.Node.Operations.Listener.OperatorReply>>;

namespace Realtime.Node.Operations;

/// <summary>The whole API in one place: what can be asked, with what right, and who answers.</summary>
internal static class OperatorRoutes
{
    public static RouteTable Of(OperatorServices services, ILoggerFactory loggers)
    {
        var entities = new EntityQuestions(services.Node, services.Time);
        ShardAnswers? made = null;
        var nodes = new NodeAnswers(services, () => made!);
        var nodeActions = new NodeActions(services);
        var shards = made = new ShardAnswers(services, nodes);
        var cluster = new ClusterActions(services, nodes, shards);
        var sessions = new SessionAnswers(services, nodes, entities);
        var channels = new ChannelAnswers(services, nodes, shards, entities);
        var actions = new EntityActions(services, shards, entities);
        var logs = new LogAnswers(services, loggers.CreateLogger<LogAnswers>());
        OperatorRoute[] ofTheCluster =
        [
            Look("cluster", nodes.ClusterAsync),
            Look("nodes/{node}", nodes.NodeAsync),
            Act("POST", "nodes/{node}/drain", "node.drain", cluster.DrainAsync),
            Act("POST", "nodes/{node}/undrain", "node.undrain", cluster.UndrainAsync),
            Act("POST", "nodes/{node}/evict", "node.evict", cluster.EvictAsync),
            Look("shards", shards.ListAsync),
            Look("shards/map", shards.MapAsync),
            Look("shards/moves", shards.MovesAsync),
            Look("shards/locate", shards.LocateAsync),
            Look("shards/{shard}", shards.ShardAsync),
            Act("POST", "shards/{shard}/move", "shard.move", cluster.MoveAsync),
            Act("POST", "shards/rebalance", "shards.rebalance", cluster.RebalanceAsync),
            Act("POST", "shards/pause", "shards.pause", cluster.PauseAsync),
            Act("POST", "shards/resume", "shards.resume", cluster.ResumeAsync),
        ];
        OperatorRoute[] ofANode =
        [
            Look("nodes/{node}/config", nodes.OfNode(logs.ConfigurationAsync)),
            Look("nodes/{node}/log", nodes.OfNode(logs.LogAsync)),
            Act("PUT", "nodes/{node}/log/level", "log.level", nodes.OfNode(logs.SetLevelAsync)),
            Act("POST", "nodes/{node}/leave", "node.leave", nodes.OfNode(nodeActions.LeaveAsync)),
            Look("sessions", sessions.ListAsync),
            Look("sessions/{id}", sessions.SessionAsync),
            Act("POST", "sessions/{id}/disconnect", "session.disconnect", actions.DisconnectAsync),
            Look("channels", channels.ListAsync),
            Look("channels/{name}", channels.ChannelAsync),
            Act("GET", "channels/{name}/messages", "channel.read", actions.MessagesAsync),
            Act("POST", "channels/{name}/messages", "channel.publish", actions.PublishAsync) with { ShowsBody = false },
            Look("events", logs.EventsAsync),
            Look("audit", logs.AuditAsync),
        ];
        return new RouteTable(services.IsLighthouse ? ofTheCluster : [.. ofTheCluster, .. ofANode]);
    }

    private static OperatorRoute Look(string pattern, Handler answer) => new("GET", pattern, OperatorRight.View, answer);

    private static OperatorRoute Act(string method, string pattern, string action, Handler answer) =>
        new(method, pattern, OperatorRight.Act, answer) { Action = action };
}
