using Realtime.Messages.Ids;

namespace Realtime.Cluster.Sharding;

/// <summary>What became of what an operator wanted.</summary>
/// <param name="Message">In words, for the operator.</param>
/// <param name="Owner">Whom to ask instead, when only the owner of a shard can do it and this node is not that.</param>
public sealed record SteeringResult(SteeringOutcome Outcome, string Message, NodeId? Owner = null)
{
    public bool IsDone => Outcome is SteeringOutcome.Done;

    internal static SteeringResult Done(string message) => new(SteeringOutcome.Done, message);

    internal static SteeringResult Unknown(string message) => new(SteeringOutcome.Unknown, message);

    internal static SteeringResult Refused(string message) => new(SteeringOutcome.Refused, message);

    internal static SteeringResult Unclear(string message) => new(SteeringOutcome.Unclear, message);

    internal static SteeringResult Unavailable(string message) => new(SteeringOutcome.Unavailable, message);
}
