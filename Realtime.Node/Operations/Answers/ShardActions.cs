using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;
using NodeStatus = Realtime.Cluster.Journal.NodeStatus;

namespace Realtime.Node.Operations.Answers;

/// <summary>Moving shards: one of them, by its owner; or all of them back to the plan, or none at all for a while, by every node.</summary>
internal sealed class ShardActions(OperatorServices services, ShardAnswers shards, Peers peers)
{
    private const int LongestPause = 86_400;

    public async Task<OperatorReply> MoveAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (shard, to) = Checked(question);
        return Words.Of(await services.Node().Steering.MoveAsync(shard, to, cancellation).ConfigureAwait(false));
    }

    /// <summary>Has the shard's owner do it.</summary>
    public Task<OperatorReply> MoveByOwnerAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var (shard, _) = Checked(question);
        if (services.Node().Cluster.View.OwnerOf(shard) is not { } owner)
        {
            return Task.FromResult(OperatorReply.Conflict($"Shard {shard} belongs to nobody at the moment; it goes where the plan says."));
        }

        return peers.IsSelf(owner) ? MoveAsync(question, cancellation) : peers.PassOnAsync(owner.Profile.Name, question, isAction: true, cancellation);
    }

    public Task<OperatorReply> RebalanceAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        NodeActions.ReadNothing(question);
        return Task.FromResult(Words.Of(services.Node().Steering.RebalanceNow()));
    }

    public Task<OperatorReply> PauseAsync(OperatorQuestion question, CancellationToken cancellation) =>
        Task.FromResult(Words.Of(services.Node().Steering.PauseMoves(TimeSpan.FromSeconds(Seconds(question)))));

    public Task<OperatorReply> ResumeAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        NodeActions.ReadNothing(question);
        return Task.FromResult(Words.Of(services.Node().Steering.ResumeMoves()));
    }

    public Task<OperatorReply> RebalanceAllAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        NodeActions.ReadNothing(question);
        return AllAsync(question, RebalanceAsync, "plan their moves now", cancellation);
    }

    public Task<OperatorReply> PauseAllAsync(OperatorQuestion question, CancellationToken cancellation) =>
        AllAsync(question, PauseAsync, $"start no move for balance for {Seconds(question)} s", cancellation);

    public Task<OperatorReply> ResumeAllAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        NodeActions.ReadNothing(question);
        return AllAsync(question, ResumeAsync, "move shards for balance again", cancellation);
    }

    /// <summary>Says for each node what became of it; an error only when no node has done it.</summary>
    private async Task<OperatorReply> AllAsync(
        OperatorQuestion question, Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> here, string what, CancellationToken cancellation)
    {
        var nodes = services.Node().Cluster.View.Nodes;
        var replies = await Task.WhenAll(nodes.Select(row =>
            peers.IsSelf(row) ? here(question, cancellation) : peers.PassOnAsync(row.Profile.Name, question, isAction: true, cancellation))).ConfigureAwait(false);
        var done = replies.Count(reply => reply.IsSuccess);
        if (done == 0)
        {
            return replies[0];
        }

        var each = nodes.Zip(replies).OrderBy(pair => pair.First.Profile.Name.Name, StringComparer.Ordinal)
            .Select(pair => new ActionResult.OnNode(pair.First.Profile.Name.Name, pair.Second.IsSuccess, pair.Second.Detail));
        return OperatorReply.Ok(new ActionResult(done == nodes.Length, $"{done} of {nodes.Length} nodes {what}.", [.. each]));
    }

    private (ShardId Shard, NodeId To) Checked(OperatorQuestion question)
    {
        var shard = shards.Parse(question.Arguments[0]);
        var body = question.Read(ActionBodies.Default.MoveShard);
        var target = peers.Find(body.To, "to");
        return target.Status is NodeStatus.Active
            ? (shard, target.Profile.Name)
            : throw new QuestionRefusedException(OperatorReply.Conflict($"{body.To} is draining and takes no shards. Undrain it first, or choose another node."));
    }

    private static int Seconds(OperatorQuestion question)
    {
        var pause = question.Read(ActionBodies.Default.Pause, new OperatorActions.Pause());
        return pause.Seconds is >= 1 and <= LongestPause ? pause.Seconds : throw OperatorQuestion.Bad($"seconds must be from 1 to {LongestPause}.", "seconds");
    }
}
