using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;

namespace Realtime.Node.Channels.Core;

/// <summary>What a channel's shell has to do after a step.</summary>
public abstract record ChannelEffect
{
    private ChannelEffect()
    {
    }

    public sealed record Reply(ReplyTo To, EntityReply Message) : ChannelEffect
    {
        /// <summary>The publish that this answers for the first time; null for everything else, a repeat among it.</summary>
        public PendingPublish? Publish { get; init; }
    }

    public sealed record Append(AppendRequest Request) : ChannelEffect
    {
        /// <summary>The spans of the publishes in it that are traced.</summary>
        public IReadOnlyList<TraceContext> Traces { get; init; } = [];
    }

    public sealed record Tell(NodeId Node, ChannelNews News) : ChannelEffect;

    /// <summary>Ask this session whether it is here: it announces itself or withdraws.</summary>
    public sealed record Probe(SessionId Session) : ChannelEffect;

    /// <summary>Read from the store and come back with <see cref="ChannelInput.SliceRead"/>.</summary>
    public sealed record ReadStore(LogRead Read) : ChannelEffect;

    /// <summary>Find the offset and come back with <see cref="ChannelInput.TimeFound"/>.</summary>
    public sealed record FindTime(ReplyTo To, ChannelRequest? Request, long At) : ChannelEffect;

    /// <summary>Nobody knows whether the append went through: look, and come back with <see cref="ChannelInput.HeadKnown"/>.</summary>
    public sealed record Resolve : ChannelEffect;

    /// <summary>Not begun here: for the next owner. In the order in which it came.</summary>
    public sealed record HandOver(ChannelRequest Request, ReplyTo From) : ChannelEffect;

    /// <summary>Another node owns the shard: nothing that is tried here will be written. Stop.</summary>
    public sealed record Fenced : ChannelEffect;

    /// <summary>The relay of a node listens from now on, or no longer.</summary>
    /// <param name="Generation">Null: no longer.</param>
    public sealed record Heard(NodeId Node, long? Generation) : ChannelEffect;

    /// <summary>What this entity believes of its log is wrong: stop it, so that the next message loads it anew.</summary>
    public sealed record GiveUp(string Reason) : ChannelEffect;
}
