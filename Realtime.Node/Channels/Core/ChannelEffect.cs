using Akka.Actor;
using Realtime.Messages.Traces;
using Realtime.Node.Events.Core;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Channels.Core;

/// <summary>What a channel's actor has to do after a step.</summary>
public abstract record ChannelEffect
{
    private ChannelEffect()
    {
    }

    public sealed record Send(IActorRef To, object Message) : ChannelEffect
    {
        /// <summary><see cref="ChannelInput.Asked.At"/> of the publish that this answers for the first time; null for all else, repeats too.</summary>
        public TimeSpan? Arrived { get; init; }
    }

    /// <summary>Append, and say its number with <see cref="ChannelInput.Appended"/> before anything else is stepped.</summary>
    public sealed record Append(JournalEvent.ChannelAppended Event) : ChannelEffect
    {
        /// <summary>The spans of the publishes in it that are traced.</summary>
        public IReadOnlyList<TraceContext> Traces { get; init; } = [];
    }

    /// <summary>A batch was not sent to so many feeds, because they or their nodes do not take what was sent before.</summary>
    public sealed record BatchesHeld(int Feeds) : ChannelEffect;

    public sealed record ReadLog(long Tag, long From, int MostMessages, long MostBytes) : ChannelEffect;

    public sealed record FindTime(long Tag, long At, bool MovesTail) : ChannelEffect;

    public sealed record Snapshot(long SequenceNr, ChannelState State) : ChannelEffect;

    /// <summary>Bring this to the outbox, and say its tag with <see cref="ChannelInput.Reported"/> when it is there.</summary>
    internal sealed record Report(ReportBatch Batch) : ChannelEffect;

    /// <summary>The channel has been idle: ask the shard to stop it.</summary>
    public sealed record Passivate : ChannelEffect;

    /// <summary>Another node owns the log: stop at once.</summary>
    public sealed record StopFenced : ChannelEffect;
}
