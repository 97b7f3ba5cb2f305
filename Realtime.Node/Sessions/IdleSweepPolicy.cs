using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>How the cluster looks for sessions that have expired.</summary>
public sealed record IdleSweepPolicy : SweepPolicy
{
    /// <summary>
    /// Sessions whose record is older are candidates, and logs of ended ones are deleted. As <see cref="SessionPolicy.TimeToLive"/>.
    /// </summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(1);
}
