using Realtime.Node.Operations.Answers;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Handler = System.Func<Realtime.Node.Operations.Questions.OperatorQuestion, System.Threading.CancellationToken, System.Threading.Tasks.Task<Realtime.Node.Operations.Listener.OperatorReply>>;

namespace Realtime.Node.Operations;

/// <summary>The whole API in one place: what can be asked, with what right, and who answers.</summary>
internal static class OperatorRoutes
{
    /// <summary>First part of the paths that only nodes ask of one another.</summary>
    public const string Peer = "peer";

    public static RouteTable Of(OperatorServices services, NodeDraining draining, ILoggerFactory loggers)
    {
        var peers = new Peers(services.Node, services.Time);
        var entities = new EntityQuestions(services.Node, services.Time);
        var nodes = new NodeAnswers(services, draining, peers);
        var nodeActions = new NodeActions(services, draining, peers);
        var shards = new ShardAnswers(services, nodes, peers);
        var shardActions = new ShardActions(services, shards, peers);
        var sessions = new SessionAnswers(services, entities, peers);
        var channels = new ChannelAnswers(services, shards, entities, peers);
        var actions = new EntityActions(services, shards, entities);
        var logs = new LogAnswers(services, peers, loggers.CreateLogger<LogAnswers>());
        return new RouteTable(
        [
            Look("cluster", nodes.ClusterAsync),
            Look("nodes/{node}", nodes.NodeAsync),
            Look("nodes/{node}/config", nodeActions.OfNode(logs.ConfigurationAsync, isAction: false), logs.ConfigurationAsync),
            Look("nodes/{node}/log", nodeActions.OfNode(logs.LogAsync, isAction: false), logs.LogAsync),
            Act("PUT", "nodes/{node}/log/level", "log.level", nodeActions.OfNode(logs.SetLevelAsync, isAction: true), logs.SetLevelAsync),
            Act("POST", "nodes/{node}/drain", "node.drain", nodeActions.OfNode(nodeActions.DrainAsync, isAction: true), nodeActions.DrainAsync),
            Act("POST", "nodes/{node}/undrain", "node.undrain", nodeActions.OfNode(nodeActions.UndrainAsync, isAction: true), nodeActions.UndrainAsync),
            Act("POST", "nodes/{node}/leave", "node.leave", nodeActions.OfNode(nodeActions.LeaveAsync, isAction: true), nodeActions.LeaveAsync),
            Act("POST", "nodes/{node}/evict", "node.evict", nodeActions.EvictAsync),
            Look("shards", shards.ListAsync),
            Look("shards/map", shards.MapAsync),
            Look("shards/moves", shards.MovesAsync),
            Look("shards/locate", shards.LocateAsync),
            Look("shards/{shard}", shards.ShardAsync),
            Act("POST", "shards/{shard}/move", "shard.move", shardActions.MoveByOwnerAsync, shardActions.MoveAsync),
            Act("POST", "shards/rebalance", "shards.rebalance", shardActions.RebalanceAllAsync, shardActions.RebalanceAsync),
            Act("POST", "shards/pause", "shards.pause", shardActions.PauseAllAsync, shardActions.PauseAsync),
            Act("POST", "shards/resume", "shards.resume", shardActions.ResumeAllAsync, shardActions.ResumeAsync),
            Look("sessions", sessions.ListAsync, sessions.OwnListAsync),
            Look("sessions/{id}", sessions.SessionAsync),
            Act("POST", "sessions/{id}/disconnect", "session.disconnect", actions.DisconnectAsync),
            Look("channels", channels.ListAsync, channels.OwnListAsync),
            Look("channels/{name}", channels.ChannelAsync),
            Act("GET", "channels/{name}/messages", "channel.read", actions.MessagesAsync),
            Act("POST", "channels/{name}/messages", "channel.publish", actions.PublishAsync) with { ShowsBody = false },
            Look("events", logs.EventsAsync),
            Look("audit", logs.AuditAsync, logs.OwnAuditAsync),
            Inside("part", nodes.PartAsync),
            Inside("counts", shards.CountsAsync),
            Inside("connection", sessions.ConnectionAsync),
            Inside("subscribers", channels.OwnSubscribersAsync),
        ]);
    }

    /// <param name="here">What a node answers when another one passes the question on; null: nobody does.</param>
    private static OperatorRoute Look(string pattern, Handler outside, Handler? here = null) => new("GET", pattern, OperatorRight.View, outside, here);

    private static OperatorRoute Act(string method, string pattern, string action, Handler outside, Handler? here = null) =>
        new(method, pattern, OperatorRight.Act, outside, here) { Action = action };

    private static OperatorRoute Inside(string name, Handler here) => new("GET", $"{Peer}/{name}", OperatorRight.Peer, null, here);
}
