using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>Actions that need a second node. They are read as ever, so that what is wrong with one is said first, and none of them can be done.</summary>
internal sealed class ParkedActions(OperatorServices services, NodeAnswers nodes, ShardAnswers shards)
{
    private const int LongestPause = 86_400;

    /// <summary>For actions without a body.</summary>
    public Task<OperatorReply> RefuseAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        NodeActions.ReadNothing(question);
        return Task.FromResult(Alone());
    }

    public Task<OperatorReply> EvictAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        question.Read(ActionBodies.Default.Evict, new OperatorActions.Evict());
        return Task.FromResult(Alone());
    }

    public Task<OperatorReply> MoveAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        shards.Parse(question.Arguments[0]);
        nodes.CheckSelf(question.Read(ActionBodies.Default.MoveShard).To, "to");
        return Task.FromResult(Alone());
    }

    public Task<OperatorReply> PauseAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        if (question.Read(ActionBodies.Default.Pause, new OperatorActions.Pause()).Seconds is < 1 or > LongestPause)
        {
            throw OperatorQuestion.Bad($"seconds must be from 1 to {LongestPause}.", "seconds");
        }

        return Task.FromResult(Alone());
    }

    private OperatorReply Alone() =>
        OperatorReply.Conflict($"{services.Self} is alone on its store, so this cannot be done. Running several nodes is parked in this version.");
}
