using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Operations.Answers;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence;
using Handler = System.Func<Realtime.Node.Operations.Questions.OperatorQuestion, System.Threading.CancellationToken, System.Threading.Tasks.Task<Realtime.Node.Operations.Listener.OperatorReply>>;

namespace Realtime.Node.Operations;

/// <summary>The whole API in one place: what can be asked, with what right, and who answers.</summary>
internal static class OperatorRoutes
{
    /// <summary>First part of the paths that only members of the cluster ask each other.</summary>
    public const string Inside = "member";

    public static RouteTable Of(OperatorServices services, ILoggerFactory loggers)
    {
        var peers = new Peers(services.Self, services.IsLighthouse, services.Cluster, services.Inquiries);
        var entities = new EntityQuestions(services.Node, services.Time);
        var shards = new ShardAnswers(services, peers);
        var nodes = new NodeAnswers(services, shards, new MemberAnswers(services), peers);
        var nodeActions = new NodeActions(services);
        var cluster = new ClusterActions(services, shards, peers);
        var sessions = new SessionAnswers(services, shards, entities, peers);
        var channels = new ChannelAnswers(services, shards, entities, peers);
        var actions = new EntityActions(services, shards, entities);
        var logs = new LogAnswers(services, peers, loggers.CreateLogger<LogAnswers>());
        var revocations = new RevocationActions(services.Revocations);
        var owners = new EntityOwners(shards, peers);
        var webhooks = new WebhookAnswers(services, peers);
        OperatorRoute[] ofEveryMember =
        [
            Look("cluster", nodes.ClusterAsync),
            Look("nodes/{node}", nodes.NodeAsync),
            Look("nodes/{node}/config", peers.OfMember(logs.ConfigurationAsync), logs.ConfigurationAsync),
            Look("nodes/{node}/log", peers.OfMember(logs.LogAsync), logs.LogAsync),
            Act("PUT", "nodes/{node}/log/level", "log.level", peers.OfMember(logs.SetLevelAsync, isAction: true), logs.SetLevelAsync),
            Act("POST", "nodes/{node}/drain", "node.drain", cluster.DrainAsync),
            Act("POST", "nodes/{node}/undrain", "node.undrain", cluster.UndrainAsync),
            Act("POST", "nodes/{node}/leave", "node.leave", peers.OfMember(nodeActions.LeaveAsync, isAction: true), nodeActions.LeaveAsync),
            Act("POST", "nodes/{node}/evict", "node.evict", cluster.EvictAsync),
            Look("shards/locate", shards.LocateAsync),
            Act("POST", "shards/{kind}/{shard}/move", "shard.move", cluster.MoveAsync),
            Act("POST", "shards/rebalance", "shards.rebalance", peers.OfCoordinator(cluster.RebalanceAsync), cluster.RebalanceAsync),
            Act("POST", "shards/pause", "shards.pause", cluster.PauseAsync),
            Act("POST", "shards/resume", "shards.resume", cluster.ResumeAsync),
            Look("events", logs.EventsAsync),
            Look("audit", logs.AuditAsync, logs.OwnAuditAsync),
            Member("part", nodes.PartAsync),
        ];

        // Nodes ask sessions and channels through their regions, whichever node they are on, and know the plans; a lighthouse has neither.
        OperatorRoute[] ofALighthouse =
        [
            Look("shards", peers.AnyNode()),
            Look("shards/map", peers.AnyNode()),
            Look("shards/moves", peers.AnyNode()),
            Look("shards/{kind}/{shard}", peers.AnyNode()),
            Look("sessions", sessions.ListAsync),
            Look("sessions/{id}", owners.OfSession()),
            Act("POST", "sessions/{id}/disconnect", "session.disconnect", owners.OfSession(isAction: true)),
            Act("POST", "sessions/{id}/revoke", "session.revoke", peers.AnyNode(isAction: true)),
            Act("POST", "users/{user}/revoke", "user.revoke", peers.AnyNode(isAction: true)),
            Look("channels", channels.ListAsync),
            Look("channels/{name}", owners.OfChannel()),
            Act("GET", "channels/{name}/messages", "channel.read", owners.OfChannel()),
            Act("POST", "channels/{name}/messages", "channel.publish", owners.OfChannel(isAction: true)) with { ShowsBody = false },
            Look("webhooks", webhooks.ListAsync),
            Look("webhooks/{target}/dead", peers.AnyNode()),
            Act("POST", "webhooks/{target}/dead/replay", "webhook.replay", peers.AnyNode(isAction: true)),
            Act("POST", "webhooks/{target}/dead/drop", "webhook.drop", peers.AnyNode(isAction: true)),
        ];
        OperatorRoute[] ofANode =
        [
            Look("shards", shards.ListAsync, shards.ListAsync),
            Look("shards/map", shards.MapAsync, shards.MapAsync),
            Look("shards/moves", shards.MovesAsync, shards.MovesAsync),
            Look("shards/{kind}/{shard}", shards.ShardAsync, shards.ShardAsync),
            Look("sessions", sessions.ListAsync, sessions.OwnListAsync),
            Look("sessions/{id}", sessions.SessionAsync, sessions.SessionAsync),
            Act("POST", "sessions/{id}/disconnect", "session.disconnect", actions.DisconnectAsync, actions.DisconnectAsync),
            Act("POST", "sessions/{id}/revoke", "session.revoke", revocations.RevokeSessionAsync, revocations.RevokeSessionAsync),
            Act("POST", "users/{user}/revoke", "user.revoke", revocations.RevokeUserAsync, revocations.RevokeUserAsync),
            Look("channels", channels.ListAsync, channels.OwnListAsync),
            Look("channels/{name}", channels.ChannelAsync, channels.ChannelAsync),
            Act("GET", "channels/{name}/messages", "channel.read", actions.MessagesAsync, actions.MessagesAsync),
            Act("POST", "channels/{name}/messages", "channel.publish", actions.PublishAsync, actions.PublishAsync) with { ShowsBody = false },
            Look("webhooks", webhooks.ListAsync, webhooks.OwnListAsync),
            Look("webhooks/{target}/dead", webhooks.DeadAsync, webhooks.DeadAsync),
            Act("POST", "webhooks/{target}/dead/replay", "webhook.replay", webhooks.ReplayAsync, webhooks.ReplayAsync),
            Act("POST", "webhooks/{target}/dead/drop", "webhook.drop", webhooks.DropAsync, webhooks.DropAsync),
            Member("counts", shards.OwnCountsAsync),
            Member("connection", sessions.ConnectionAsync),
            Member("subscribers", channels.OwnSubscribersAsync),
        ];
        return new RouteTable([.. ofEveryMember, .. services.IsLighthouse ? ofALighthouse : ofANode]);
    }

    /// <param name="here">What another member is answered; null: none asks.</param>
    private static OperatorRoute Look(string pattern, Handler outside, Handler? here = null) => new("GET", pattern, OperatorRight.View, outside, here);

    private static OperatorRoute Act(string method, string pattern, string action, Handler outside, Handler? here = null) =>
        new(method, pattern, OperatorRight.Act, outside, here) { Action = action };

    private static OperatorRoute Member(string name, Handler here) => new("GET", $"{Inside}/{name}", OperatorRight.View, null, here);
}
