using Realtime.Node.Persistence;

namespace Realtime.Node.Sessions;

/// <summary>When the cluster looks for sessions that were lost while others saw them, and how fast.</summary>
public sealed record LostSessionPolicy : SweepPolicy
{
    /// <summary>How long clients have to come back; as long as channels show members that no feed claims.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>As <see cref="SessionPolicy.TimeToLive"/>: what is older expires by itself.</summary>
    public required TimeSpan TimeToLive { get; init; }
}
