using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Core;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Node.Operations.Answers;

/// <summary>The cluster as this node sees it, and what this node says of itself. Of the others it tells what they tell all members once a second.</summary>
/// <param name="shards">Who holds what; made after this one.</param>
internal sealed class NodeAnswers(OperatorServices services, Func<ShardAnswers> shards)
{
    public async Task<OperatorReply> ClusterAsync(OperatorQuestion question, CancellationToken cancellation) => OperatorReply.Ok(
        new ClusterStatus(
            services.Self.Name,
            services.Cluster().IsShared,
            Version: 0,
            services.Journals.Store.Epoch,
            Standing(),
            AgeMs: null,
            Store(),
            shards().Counts(),
            [.. shards().PausedSeconds() is { } left ? Names.Select(name => new MovesPause(name, left)) : []],
            await StatusesAsync(cancellation).ConfigureAwait(false),
            [.. services.Cluster().Nodes.Where(member => !member.IsReachable).Select(member => member.Node!.Value.Name)]),
        OperatorJson.Default.ClusterStatus);

    public async Task<OperatorReply> NodeAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var name = question.Arguments[0];
        Check(name);
        return OperatorReply.Ok(
            name == services.Self.Name ? await StatusAsync(cancellation).ConfigureAwait(false) : Status(services.Cluster().Find(name)!), OperatorJson.Default.NodeStatus);
    }

    /// <summary>For the routes of one node.</summary>
    public Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> OfNode(Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> answer) =>
        (question, cancellation) =>
        {
            CheckSelf(question.Arguments[0]);
            return answer(question, cancellation);
        };

    /// <summary>Names of all nodes, this one among them.</summary>
    public IReadOnlyList<string> Names =>
        [.. services.Cluster().Nodes.Select(member => member.Node!.Value.Name).Concat(services.IsLighthouse ? [] : [services.Self.Name]).Distinct().Order(StringComparer.Ordinal)];

    /// <exception cref="QuestionRefusedException">There is no node of that name.</exception>
    public void Check(string name, string field = "node")
    {
        if ((services.IsLighthouse || name != services.Self.Name) && services.Cluster().Find(name) is null)
        {
            throw new QuestionRefusedException(Subjects.NoNode(Names, name, field));
        }
    }

    /// <exception cref="QuestionRefusedException">There is no node of that name, or another node answers this.</exception>
    public void CheckSelf(string name, string field = "node")
    {
        Check(name, field);
        if (name != services.Self.Name)
        {
            var at = services.Cluster().Find(name)?.Row?.OperatorUrl is { } url ? $", at {url}" : "";
            throw new QuestionRefusedException(OperatorReply.Conflict($"{services.Self} cannot answer this for {name}: ask {name} itself{at}."));
        }
    }

    private async Task<IReadOnlyList<NodeStatus>> StatusesAsync(CancellationToken cancellation)
    {
        var others = services.Cluster().Nodes.Where(member => member.Node != services.Self).Select(Status);
        NodeStatus[] own = services.IsLighthouse ? [] : [await StatusAsync(cancellation).ConfigureAwait(false)];
        return [.. others.Concat(own).OrderBy(node => node.Name, StringComparer.Ordinal)];
    }

    /// <summary>Of another node.</summary>
    private static NodeStatus Status(MemberSnapshot member) => new(
        member.Row!.Node.Name,
        member.Incarnation.Value,
        Words.Of(member),
        member.IsReachable,
        member.Key.Address,
        member.Row.ClientUrl,
        Zone: null,
        member.Row.Capacity,
        member.Row.Connections,
        member.Row.SessionShards.Count,
        Live: null);

    private async Task<NodeStatus> StatusAsync(CancellationToken cancellation)
    {
        var node = services.Node();
        var self = services.Cluster().Map.Current.Self;
        return new NodeStatus(
            services.Self.Name,
            services.Cluster().Rows?.Self.Value ?? 0,
            services.Readiness.Phase is NodePhase.Draining or NodePhase.Stopped ? "draining" : self is null ? "active" : Words.Of(self),
            Reachable: true,
            services.Cluster().IsShared ? self?.Key.Address ?? "" : "",
            services.ClientUrl,
            Zone: null,
            services.Capacity,
            node.Connections.Count,
            services.Cluster().IsShared ? self?.Row?.SessionShards.Count ?? 0 : EntityShards.Count,
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
