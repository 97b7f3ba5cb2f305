using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Operations.Answers;

/// <summary>The cluster and its nodes: what members tell each other all the time, and what each says of itself when it is asked.</summary>
internal sealed class NodeAnswers(OperatorServices services, ShardAnswers shards, MemberAnswers members, Peers peers)
{
    public async Task<OperatorReply> ClusterAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var parts = await peers.GatherAsync(PartQuestion(question), PartAsync, MemberJson.Default.NodePart, cancellation).ConfigureAwait(false);
        var said = parts.Answers.ToDictionary(part => part.Node, part => part.Answer);
        return OperatorReply.Ok(
            new ClusterStatus(
                services.Self.Name,
                services.Cluster().IsShared,
                services.Cluster().Coordinator?.Node?.Name,
                services.Journals.Store.Epoch,
                Standing(),
                Store(),
                shards.Counts() with { Moving = said.Values.Select(part => part.Moving).DefaultIfEmpty().Max() },
                [.. said.Values.Max(part => part.PausedSeconds) is { } left ? peers.Names.Select(name => new MovesPause(name, left)) : []],
                members.Members(),
                [.. peers.Names.Select(name => Status(new NodeId(name), said.GetValueOrDefault(new NodeId(name))))],
                parts.Unreachable),
            OperatorJson.Default.ClusterStatus);
    }

    /// <summary>One that does not answer is shown by its row alone.</summary>
    public async Task<OperatorReply> NodeAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var node = peers.Node(question.Arguments[0]);
        var reply = node == services.Self
            ? await PartAsync(question, cancellation).ConfigureAwait(false)
            : await peers.PassOnAsync(node, PartQuestion(question), isAction: false, cancellation).ConfigureAwait(false);
        return OperatorReply.Ok(Status(node, reply.IsSuccess ? reply.Read(MemberJson.Default.NodePart) : null), OperatorJson.Default.NodeStatus);
    }

    /// <summary>What this member says of itself.</summary>
    public async Task<OperatorReply> PartAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var node = services.IsLighthouse ? null : services.Node();
        return OperatorReply.Ok(
            new NodePart(
                node?.Connections.Count ?? 0,
                await LiveAsync(node, cancellation).ConfigureAwait(false),
                services.Cluster().Plans.Current.Moves.Count(),
                shards.PausedSeconds()),
            MemberJson.Default.NodePart);
    }

    private static OperatorQuestion PartQuestion(OperatorQuestion question) => question.Inside("part");

    private NodeStatus Status(NodeId node, NodePart? part)
    {
        var isSelf = node == services.Self;
        var isShared = services.Cluster().IsShared;
        var member = services.Cluster().FindMember(node.Name);
        return new NodeStatus(
            node.Name,
            isSelf ? services.Cluster().Rows?.Self.Value ?? 0 : member?.Incarnation.Value ?? 0,
            isSelf && services.Readiness.Phase is NodePhase.Draining or NodePhase.Stopped ? "draining" : member is null ? "active" : Words.Of(member),
            Reachable: part is not null,
            isShared ? member?.Key.Address ?? "" : "",
            isSelf ? services.ClientUrl : member?.Row?.ClientUrl,
            isShared ? member?.Row?.Capacity ?? 0 : services.Capacity,
            part?.Connections ?? member?.Row?.Connections ?? 0,
            isShared ? member?.Row?.SessionShards.Count ?? 0 : EntityShards.Count,
            isShared ? member?.Row?.ChannelShards.Count ?? 0 : EntityShards.Count,
            part?.Live);
    }

    private async Task<NodeLive> LiveAsync(OperatedNode? node, CancellationToken cancellation)
    {
        var sessions = Residents.CountAsync(node?.Sessions, cancellation);
        var channels = Residents.CountAsync(node?.Channels, cancellation);
        var deadLetters = services.Cluster().DeadLetters;
        return new NodeLive(
            services.Version,
            Words.Of(services.Readiness.Phase),
            services.Readiness.Obstacles(),
            Standing(),
            services.Vitals.UptimeSeconds,
            (await sessions.ConfigureAwait(false))?.Total,
            (await channels.ConfigureAwait(false))?.Total,
            NodeVitals.Memory,
            services.Vitals.Cpu,
            services.Levels?.Root ?? "information",
            Store(),
            services.Rates(),
            [.. services.Journals.All.Select(Journal)],
            new DeadLetterStatus(deadLetters.Total, deadLetters.Last))
        {
            Limited = node?.Limits?.Clients(),
        };
    }

    private string Standing() =>
        services.IsLighthouse ? ClusterStatus.Watching
        : !services.Standing.IsUp || services.Standing.MissingRegions.Count > 0 ? "out"
        : StoreTroubles.Of(services.Journals).Count > 0 ? "frozen"
        : "sure";

    private StoreStatus Store()
    {
        var journals = services.Journals;
        var fault = StoreTroubles.Causes(journals);
        return new StoreStatus(journals.Store.Description, journals.Store.IsDurable, fault is null, fault);
    }

    private static JournalStatus Journal(JournalHandle journal)
    {
        var state = journal.State;
        return new JournalStatus(
            journal.Name,
            Words.Of(state.Breaker),
            state.QueuedBytes,
            state.QueuedWrites,
            state.RecoveriesWaiting,
            state.FailingSince,
            state.LastFailure is { } last ? new JournalStatus.Failure(Words.Of(last.Kind), last.Message, last.At) : null);
    }
}
