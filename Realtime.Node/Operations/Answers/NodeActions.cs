using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>What a node does to itself.</summary>
internal sealed class NodeActions(OperatorServices services)
{
    /// <summary>Ends the process as SIGTERM does.</summary>
    public Task<OperatorReply> LeaveAsync(OperatorQuestion question, CancellationToken cancellation)
    {
        ReadNothing(question);
        if (services.Readiness.Phase is NodePhase.Draining or NodePhase.Stopped)
        {
            return Task.FromResult(OperatorReply.Begun($"{services.Self} is stopping already."));
        }

        if (services.Cluster().Map.Current is { Self: { HoldsShards: true } self } cluster && cluster.Members.Any(member => member.HoldsShards && member != self) &&
            !cluster.Members.Any(member => member != self && member.TakesShards))
        {
            return Task.FromResult(OperatorReply.Conflict($"{services.Self} is the last node that takes shards: no other could hold its own. Undrain another one first."));
        }

        services.Leave();
        return Task.FromResult(OperatorReply.Begun($"{services.Self} says goodbye to its clients, and then its process ends."));
    }

    public static void ReadNothing(OperatorQuestion question) => question.Read(ActionBodies.Default.NoBody, new NoBody());
}
