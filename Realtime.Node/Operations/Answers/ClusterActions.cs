using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Cluster.Allocation;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Operations.Answers;

/// <summary>What operators want of the nodes and shards of a cluster. Any node takes it: plans are replicated, and verdicts stand in the store.</summary>
internal sealed class ClusterActions(OperatorServices services, ShardAnswers shards, Peers peers)
{
    private const int LongestPause = 86_400;

    /// <summary>Until the next round of a coordinator that is well.</summary>
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(5);

    public Task<OperatorReply> DrainAsync(OperatorQuestion question, CancellationToken cancellation) => OfNodeAsync(
        question,
        plans => plans.DrainAsync,
        (node, isDrained) => isDrained
            ? OperatorReply.Begun($"{node} is being drained already, or is drained. It stays, and takes nothing new, until it is undrained.")
            : OperatorReply.Begun($"{node} gives its shards away, and then its connections. It stays, and takes nothing new, until it is undrained."));

    public Task<OperatorReply> UndrainAsync(OperatorQuestion question, CancellationToken cancellation) => OfNodeAsync(
        question,
        plans => plans.UndrainAsync,
        (node, isDrained) => OperatorReply.Done(isDrained || services.IsLighthouse ? $"{node} takes shards and clients again." : $"{node} was not drained."));

    /// <summary>Declares a node dead. Without force only one whose row stands still.</summary>
    public async Task<OperatorReply> EvictAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var node = peers.Node(question.Arguments[0]);
        var force = question.Read(ActionBodies.Default.Evict, new OperatorActions.Evict()).Force;
        if (services.Cluster().Rows is not { Picture: { } picture } rows)
        {
            return Alone();
        }

        if (node == services.Self)
        {
            return OperatorReply.Conflict($"{node} does not declare itself dead. Ask another node, or have it leave.");
        }

        if (picture.Rows.LastOrDefault(row => row.Node == node && row.Verdict is null) is not { } row)
        {
            return OperatorReply.Conflict($"{node} has no row any more that a verdict could be written in.");
        }

        if (!force && row.Age < MemberTimes.Still)
        {
            return OperatorReply.Conflict($"{node} renewed its row {row.Age.TotalSeconds:0.0} s ago, so it is alive. Only by force (force, --force) it is declared dead all the same, ends, and joins again when it is started.");
        }

        return await rows.JudgeAsync(picture, new MemberVerdict([row.Incarnation], OnlyStill: !force, "an operator declared it dead")).WaitAsync(cancellation).ConfigureAwait(false)
            ? OperatorReply.Begun($"{node} is declared dead: the others go on without it.")
            : OperatorReply.Conflict($"{node} was not declared dead: rows have changed meanwhile. Look again.");
    }

    /// <summary>Moves one shard of a kind.</summary>
    public async Task<OperatorReply> MoveAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (kind, shard) = ShardAnswers.Parse(question);
        var target = peers.Node(question.Read(ActionBodies.Default.MoveShard).To, "to");
        if (!services.Cluster().IsShared)
        {
            return Alone();
        }

        var owner = shards.Owner(kind, shard.Value);
        if (owner == target.Name)
        {
            return OperatorReply.Conflict($"{kind.Name()} shard {shard} is on {target} already.");
        }

        var answer = await services.Cluster().Plans.MoveAsync(kind, shard, target).ConfigureAwait(false);
        return answer is PlanAnswer.Accepted
            ? OperatorReply.Begun($"{kind.Name()} shard {shard} moves{(owner is null ? "" : $" from {owner}")} to {target}.")
            : Refused(answer, target);
    }

    /// <summary>Rounds are four a second, so there is nothing to hurry: it waits for the next one and says what it found to do. Answered by the node that decides.</summary>
    public async Task<OperatorReply> RebalanceAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        NodeActions.ReadNothing(question);
        var cluster = services.Cluster();
        if (!cluster.IsShared)
        {
            return Alone();
        }

        if (shards.PausedSeconds() is { } left)
        {
            return OperatorReply.Conflict($"Moves for balance are paused for another {left} s. Resume them first.");
        }

        try
        {
            var rounds = ShardKinds.All.Select(kind => (Kind: kind, Plan: cluster.Plans.Rounds.NextAsync(kind, cancellation).WaitAsync(LongestRound, services.Time, cancellation))).ToList();
            await Task.WhenAll(rounds.Select(round => round.Plan)).ConfigureAwait(false);
            return RebalanceAnswer.Of([.. rounds.Select(round => (round.Kind, round.Plan.Result))], cluster.Map.Current);
        }
        catch (TimeoutException)
        {
            return OperatorReply.Unavailable($"No round was held on {services.Self} in time: it does not decide where shards go any more, or is too busy. Ask again.");
        }
    }

    public async Task<OperatorReply> PauseAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var seconds = question.Read(ActionBodies.Default.Pause, new OperatorActions.Pause()).Seconds;
        if (seconds is < 1 or > LongestPause)
        {
            throw OperatorQuestion.Bad($"seconds must be from 1 to {LongestPause}.", "seconds");
        }

        if (!services.Cluster().IsShared)
        {
            return Alone();
        }

        var answer = await services.Cluster().Plans.PauseAsync(services.Time.GetUtcNow().AddSeconds(seconds)).ConfigureAwait(false);
        return answer is PlanAnswer.Accepted ? OperatorReply.Done($"No shard moves for balance alone for {seconds} s.") : Refused(answer, services.Self);
    }

    public async Task<OperatorReply> ResumeAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        NodeActions.ReadNothing(question);
        if (!services.Cluster().IsShared)
        {
            return Alone();
        }

        var answer = await services.Cluster().Plans.ResumeAsync().ConfigureAwait(false);
        return answer is PlanAnswer.Accepted ? OperatorReply.Done("Shards move for balance again.") : Refused(answer, services.Self);
    }

    /// <param name="accepted">What to say, by whether the node was drained before, as far as this one knows.</param>
    private async Task<OperatorReply> OfNodeAsync(
        OperatorQuestion question, Func<ClusterPlans, Func<NodeId, Task<PlanAnswer>>> wish, Func<NodeId, bool, OperatorReply> accepted)
    {
        NodeActions.ReadNothing(question);
        var node = peers.Node(question.Arguments[0]);
        if (!services.Cluster().IsShared)
        {
            return Alone();
        }

        var isDrained = services.Cluster().Plans.Current.Drained.Contains(node);
        var answer = await wish(services.Cluster().Plans)(node).ConfigureAwait(false);
        return answer is PlanAnswer.Accepted ? accepted(node, isDrained) : Refused(answer, node);
    }

    private OperatorReply Refused(PlanAnswer answer, NodeId node) => answer switch
    {
        PlanAnswer.LastNode => OperatorReply.Conflict($"{node} is the last node that takes shards: no other could hold its own."),
        PlanAnswer.TargetTakesNone => OperatorReply.Conflict($"{node} takes no shards: it is drained, stopping, or cannot be reached."),
        PlanAnswer.UnknownNode => Subjects.NoNode(peers.Names, node.Name),
        _ => OperatorReply.Timeout("Too few nodes confirmed it in time; it may take effect all the same, and to ask again does no harm."),
    };

    private OperatorReply Alone() => OperatorReply.Conflict($"{services.Self} is alone on its store, so this cannot be done.");
}
