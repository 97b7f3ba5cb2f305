using Realtime.Messages.Operators;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>What may be done to a node. The node itself does it, save being evicted, which is for when it cannot.</summary>
internal sealed class NodeActions(OperatorServices services, NodeDraining draining, Peers peers)
{
    public Task<OperatorReply> DrainAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        ReadNothing(question);
        return draining.DrainAsync(cancellation);
    }

    public Task<OperatorReply> UndrainAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        ReadNothing(question);
        return draining.UndrainAsync(cancellation);
    }

    public Task<OperatorReply> LeaveAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        ReadNothing(question);
        return draining.LeaveAsync(cancellation);
    }

    public async Task<OperatorReply> EvictAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        var row = peers.Find(question.Arguments[0]);
        var evict = question.Read(ActionBodies.Default.Evict, new OperatorActions.Evict());
        return Words.Of(await services.Node().Steering.EvictAsync(row.Profile.Name, evict.Force, cancellation).ConfigureAwait(false));
    }

    /// <summary>For the routes of one node: lets that node answer, or answers here when it is this one.</summary>
    public Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> OfNode(
        Func<OperatorQuestion, CancellationToken, Task<OperatorReply>> here, bool isAction) => (question, cancellation) =>
    {
        var row = peers.Find(question.Arguments[0]);
        return peers.IsSelf(row) ? here(question, cancellation) : peers.PassOnAsync(row.Profile.Name, question, isAction, cancellation);
    };

    public static void ReadNothing(OperatorQuestion question) => question.Read(ActionBodies.Default.NoBody, new NoBody());
}
