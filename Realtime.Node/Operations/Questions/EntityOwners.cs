using Realtime.Messages.Cluster;
using Realtime.Messages.Ids;
using Realtime.Node.Operations.Answers;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Persistence;
using Handler = System.Func<Realtime.Node.Operations.Questions.OperatorQuestion, System.Threading.CancellationToken, System.Threading.Tasks.Task<Realtime.Node.Operations.Listener.OperatorReply>>;

namespace Realtime.Node.Operations.Questions;

/// <summary>For a member without sessions and channels: lets the node answer that has the one in question, or would have it.</summary>
internal sealed class EntityOwners(ShardAnswers shards, Peers peers)
{
    public Handler OfSession(bool isAction = false) => (question, cancellation) =>
        PassOnAsync(EntityKind.Session, EntityIds.Of(OperatorQuestion.Session(question.Arguments[0], "id")), question, isAction, cancellation);

    public Handler OfChannel(bool isAction = false) => (question, cancellation) =>
        PassOnAsync(EntityKind.Channel, EntityIds.Of(OperatorQuestion.Channel(question.Arguments[0], "name")), question, isAction, cancellation);

    private Task<OperatorReply> PassOnAsync(EntityKind kind, string id, OperatorQuestion question, bool isAction, CancellationToken cancellation) =>
        shards.Owner(kind, EntityShards.Number(id)) is { } node
            ? peers.PassOnAsync(new NodeId(node), question, isAction, cancellation)
            : peers.AnyNode(isAction)(question, cancellation);
}
