using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Operations.Answers;

/// <summary>The cluster, which is this node, and what it says of itself.</summary>
internal sealed class NodeAnswers(OperatorServices services)
{
    public async Task<OperatorReply> ClusterAsync(OperatorQuestion question, CancellationToken cancellation) => OperatorReply.Ok(
        new ClusterStatus(
            services.Self.Name,
            Clustered: false,
            Version: 0,
            services.Node().Journals.Store.Epoch,
            Standing(),
            AgeMs: null,
            Store(),
            new ShardCounts(EntityShards.Count, Free: 0, Moving: 0, Held: 0),
            Paused: [],
            [await StatusAsync(cancellation).ConfigureAwait(false)],
            Unreachable: []),
        OperatorJson.Default.ClusterStatus);

    public async Task<OperatorReply> NodeAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        CheckSelf(question.Arguments[0]);
        return OperatorReply.Ok(await StatusAsync(cancellation).ConfigureAwait(false), OperatorJson.Default.NodeStatus);
    }

    /// <summary>For the routes of one node.</summary>
    public Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> OfNode(Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> answer) =>
        (question, cancellation) =>
        {
            CheckSelf(question.Arguments[0]);
            return answer(question, cancellation);
        };

    /// <exception cref="QuestionRefusedException">There is no node of that name.</exception>
    public void CheckSelf(string name, string field = "node")
    {
        if (name != services.Self.Name)
        {
            throw new QuestionRefusedException(Subjects.NoNode(services.Self, name, field));
        }
    }

    private async Task<NodeStatus> StatusAsync(CancellationToken cancellation)
    {
        var node = services.Node();
        return new NodeStatus(
            services.Self.Name,
            Incarnation: 0,
            services.Readiness.Phase is NodePhase.Draining or NodePhase.Stopped ? "draining" : "active",
            Reachable: true,
            PeerAddress: "",
            services.ClientUrl,
            Zone: null,
            services.Capacity,
            node.Connections.Count,
            EntityShards.Count,
            await LiveAsync(node, cancellation).ConfigureAwait(false));
    }

    private async Task<NodeLive> LiveAsync(OperatedNode node, CancellationToken cancellation)
    {
        var sessions = Residents.CountAsync(node.Sessions, cancellation);
        var channels = Residents.CountAsync(node.Channels, cancellation);
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
            Links: [],
            [.. node.Journals.All.Select(Journal)],
            new DeadLetterStatus(node.DeadLetters.Total, node.DeadLetters.Last));
    }

    private string Standing() =>
        !services.Standing.IsUp || services.Standing.MissingRegions.Count > 0 ? "out"
        : StoreTroubles.Of(services.Node().Journals).Count > 0 ? "frozen"
        : "sure";

    private StoreStatus Store()
    {
        var journals = services.Node().Journals;
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
