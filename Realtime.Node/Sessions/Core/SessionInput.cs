using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;

namespace Realtime.Node.Sessions.Core;

/// <summary>What can happen to a session.</summary>
public abstract record SessionInput
{
    private SessionInput()
    {
    }

    public sealed record Asked(SessionRequest Request, ReplyTo From) : SessionInput;

    public sealed record Written(WriteOutcome Outcome) : SessionInput;

    public sealed record TimerFired(SessionTimer Timer) : SessionInput;

    /// <summary>The node is leaving: write what is to be written and passivate.</summary>
    public sealed record Leave : SessionInput;

    /// <summary>The shard moves to another node: finish the write under way, export the rest.</summary>
    public sealed record HandOff : SessionInput;

    /// <summary>Another node owns the shard: write nothing more, tell nobody but those who wait, and stop.</summary>
    public sealed record Lost : SessionInput;

    /// <summary>Channels in these shards may have forgotten who is present.</summary>
    public sealed record OwnersMoved(OwnersChange Change) : SessionInput;

    /// <summary>The node of the connection that stands for this session is gone, or has begun another life.</summary>
    public sealed record HolderGone : SessionInput;
}
