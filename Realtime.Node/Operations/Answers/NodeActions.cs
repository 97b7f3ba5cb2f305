using Realtime.Messages.Cluster;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>What a node does to itself.</summary>
internal sealed class NodeActions(OperatorServices services)
{
    /// <summary>Ends the process as SIGTERM does. Whether it may is decided for the whole cluster, one leave after the other: the picture of this node may be a second old.</summary>
    public async Task<OperatorReply> LeaveAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        ReadNothing(question);
        if (services.Readiness.Phase is NodePhase.Draining or NodePhase.Stopped)
        {
            return OperatorReply.Begun($"{services.Self} is stopping already.");
        }

        if (services.Cluster() is { IsShared: true, Map.Current.Self.HoldsShards: true } cluster)
        {
            switch (await cluster.Plans.LeaveAsync(services.Self).ConfigureAwait(false))
            {
                case PlanAnswer.Accepted:
                    break;
                case PlanAnswer.LastNode:
                    return OperatorReply.Conflict(
                        $"{services.Self} is the last node that takes shards: no other could hold its own. Undrain another one, or ask again when those that are stopping have gone.");
                default:
                    return OperatorReply.Unavailable($"Too few nodes have confirmed in time that {services.Self} may leave, so it stays. SIGTERM ends it all the same.");
            }
        }

        services.Leave();
        return OperatorReply.Begun($"{services.Self} says goodbye to its clients, and then its process ends.");
    }

    public static void ReadNothing(OperatorQuestion question) => question.Read(ActionBodies.Default.NoBody, new NoBody());
}
