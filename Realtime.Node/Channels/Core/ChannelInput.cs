using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels.Core;

/// <summary>What can happen to a channel.</summary>
public abstract record ChannelInput
{
    private ChannelInput()
    {
    }

    public sealed record Asked(ChannelRequest Request, ReplyTo From) : ChannelInput
    {
        /// <summary>A publish's arrival by the shell's clock, for the shell to tell later how long it took; null when it does not ask.</summary>
        public long? At { get; init; }
    }

    public sealed record Written(AppendRequest Request, WriteOutcome Outcome) : ChannelInput;

    /// <param name="Slice">Null: the store could not answer.</param>
    public sealed record SliceRead(LogRead Read, LogSlice? Slice) : ChannelInput;

    /// <param name="Offset">The largest kept offset older than the time asked for; null: the store could not answer.</param>
    public sealed record TimeFound(ReplyTo To, ChannelRequest? Request, long? Offset) : ChannelInput;

    public sealed record HeadKnown(long Head) : ChannelInput;

    /// <summary>No more messages are at hand: what has gathered may be appended.</summary>
    public sealed record TurnEnded : ChannelInput
    {
        public static TurnEnded Instance { get; } = new();
    }

    /// <summary>Time to let go of what is too old.</summary>
    public sealed record AgeTick : ChannelInput;

    /// <summary>A second has passed since something was published: say where the log ends.</summary>
    public sealed record HeadTick : ChannelInput
    {
        public static HeadTick Instance { get; } = new();
    }

    /// <summary>Time to let go of members that nobody has announced to this owner.</summary>
    public sealed record ClaimTick : ChannelInput
    {
        public static ClaimTick Instance { get; } = new();
    }

    /// <summary>Sessions in these shards have another owner, which may not know of them.</summary>
    public sealed record OwnersMoved(OwnersChange Change) : ChannelInput;

    /// <summary>No such node is in the cluster: it will never say that it does not listen any more.</summary>
    public sealed record NodeGone(NodeId Node) : ChannelInput;

    /// <summary>The shard goes elsewhere: begin no append any more.</summary>
    public sealed record Ending : ChannelInput
    {
        public static Ending Instance { get; } = new();
    }

    /// <summary>Nothing is under way any more: give back what was not begun.</summary>
    public sealed record Ended : ChannelInput
    {
        public static Ended Instance { get; } = new();
    }
}
