using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Questions;

namespace Realtime.Node.Operations.Answers;

/// <summary>What may be done to a node.</summary>
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

        services.Leave();
        return Task.FromResult(OperatorReply.Begun($"{services.Self} says goodbye to its clients, and then its process ends."));
    }

    public static void ReadNothing(OperatorQuestion question) => question.Read(ActionBodies.Default.NoBody, new NoBody());
}
