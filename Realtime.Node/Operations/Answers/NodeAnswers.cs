using Realtime.Messages.Entities;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence.Store;
using NodeStatus = Realtime.Messages.Operators.NodeStatus;

namespace Realtime.Node.Operations.Answers;

/// <summary>The cluster and its nodes: what the view says, and what each node says of itself.</summary>
internal sealed class NodeAnswers(OperatorServices services, NodeDraining draining, Peers peers)
{
    /// <summary>Of the moves that have not begun, as many as anybody looks at.</summary>
    private const int MostPlanned = 100;

    /// <summary>What this node adds to the picture.</summary>
    public Task<OperatorReply> PartAsync(OperatorQuestion question, CancellationToken cancellation) =>
        Task.FromResult(OperatorReply.Ok(Part(), PeerJson.Default.NodePart));

    public async Task<OperatorReply> ClusterAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var view = services.Node().Cluster.View;
        var parts = await PartsAsync(question, cancellation).ConfigureAwait(false);
        var said = parts.Answers.ToDictionary(part => part.Node, part => part.Answer);
        return OperatorReply.Ok(
            new ClusterStatus(
                services.Self.Name,
                services.IsClustered,
                services.IsClustered ? view.Version : 0,
                view.StoreEpoch,
                Words.Of(services.Node().Cluster.Standing),
                null,
                Store(),
                ViewAnswers.Counts(view) with
                {
                    Moving = said.Values.Sum(part => part.Moves.Count(move => move.State == "moving")),
                    Held = said.Values.Sum(part => part.Held.Count),
                },
                [.. said.Where(part => part.Value.PausedSeconds is not null).OrderBy(part => part.Key.Name, StringComparer.Ordinal)
                    .Select(part => new MovesPause(part.Key.Name, part.Value.PausedSeconds!.Value))],
                [.. view.Nodes.OrderBy(row => row.Profile.Name.Name, StringComparer.Ordinal).Select(row => Status(row, said.GetValueOrDefault(row.Profile.Name)))],
                parts.Unreachable),
            OperatorJson.Default.ClusterStatus);
    }

    /// <summary>One node; one that does not answer is shown by its row alone.</summary>
    public async Task<OperatorReply> NodeAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var row = peers.Find(question.Arguments[0]);
        NodePart? part = null;
        if (peers.IsSelf(row))
        {
            part = Part();
        }
        else
        {
            var reply = await peers.PassOnAsync(row.Profile.Name, PartQuestion(question), isAction: false, cancellation).ConfigureAwait(false);
            part = reply.IsSuccess ? reply.Read(PeerJson.Default.NodePart) : null;
        }

        return OperatorReply.Ok(Status(row, part), OperatorJson.Default.NodeStatus);
    }

    /// <summary>What all nodes add.</summary>
    public Task<Gathered<NodePart>> PartsAsync(OperatorQuestion question, CancellationToken cancellation) =>
        peers.GatherAsync(PartQuestion(question), PartAsync, PeerJson.Default.NodePart, cancellation);

    private static OperatorQuestion PartQuestion(OperatorQuestion question) =>
        question with { Method = "GET", Path = [OperatorRoutes.Peer, "part"], Query = new Dictionary<string, string>(), Body = default };

    private NodePart Part()
    {
        var node = services.Node();
        var steering = node.Steering;
        var moves = steering.Moves.Select(move => new ShardMove(move.Shard.Value, move.From.Name, move.To.Name, "moving", (long)move.For.TotalMilliseconds))
            .Concat(steering.Planned(MostPlanned).Select(move => new ShardMove(move.Shard.Value, move.From.Name, move.To.Name, "planned", 0)));
        return new NodePart(
            node.Connections.Count,
            Live(node),
            [.. moves],
            [.. steering.Held.Select(shard => shard.Value).Order()],
            steering.PausedFor is { } paused ? (int)Math.Ceiling(paused.TotalSeconds) : null);
    }

    private NodeLive Live(OperatedNode node)
    {
        var moves = node.Mover.Snapshot;
        return new NodeLive(
            services.Version,
            draining.Phase,
            services.Readiness.Obstacles(),
            Words.Of(node.Cluster.Standing),
            services.Vitals.UptimeSeconds,
            node.Steering.Resident(EntityKind.Session),
            node.Steering.Resident(EntityKind.Channel),
            NodeVitals.Memory,
            services.Vitals.Cpu,
            services.Levels?.Root ?? "information",
            Store(),
            services.Rates(),
            new MovingConnections(moves.Pending, moves.UnderWay, moves.Stayed, moves.Unmovable, moves.Done),
            [.. node.Steering.Links.OrderBy(link => link.Peer.Name, StringComparer.Ordinal).Select(link => new LinkStatus(link.Peer.Name, link.Up, link.Queued))]);
    }

    private NodeStatus Status(NodeRow row, NodePart? part)
    {
        var shards = services.Node().Cluster.View.Shards.Count(shard => shard.Owner == row.Incarnation);
        var seen = ViewAnswers.Node(row, shards);
        return seen with
        {
            Incarnation = services.IsClustered ? seen.Incarnation : 0,
            Reachable = part is not null,
            Connections = part?.Connections ?? seen.Connections,
            Live = part?.Live,
        };
    }

    private StoreStatus Store()
    {
        var health = services.Store.Health;
        return new StoreStatus(services.Store.Description, services.Store.IsDurable, health.IsWell, health.Fault);
    }
}
