using Realtime.Messages.Entities;
using Realtime.Messages.Ids;

namespace Realtime.Cluster.Links;

/// <summary>What nodes say to each other. Immutable. Requests keep their order; so do replies.</summary>
public abstract record LinkFrame
{
    private LinkFrame()
    {
    }

    /// <summary>For an entity of the receiver. Answered once, by <see cref="Reply"/> or <see cref="Moved"/>.</summary>
    /// <param name="Tag">The sender's number of it, growing.</param>
    /// <param name="Epoch">The epoch at which the sender believes the receiver owns the shard; at any other the answer is <see cref="Moved"/>.</param>
    public sealed record Request(long Tag, ShardId Shard, long Epoch, EntityAddress To, EntityMessage Message) : LinkFrame;

    public sealed record Reply(long Tag, EntityReply Message) : LinkFrame;

    /// <summary>Not handled: the shard is not the receiver's at that epoch (any more). Send it to the owner.</summary>
    /// <param name="Epoch">What the receiver knows.</param>
    public sealed record Moved(long Tag, ShardId Shard, long Epoch, Incarnation Owner) : LinkFrame;

    /// <summary>For the node's receiver.</summary>
    public sealed record News(NodeMessage Message) : LinkFrame;

    /// <summary>The store has a view of this version.</summary>
    public sealed record ViewChanged(long Version) : LinkFrame;

    /// <summary>Said about once a second.</summary>
    /// <param name="Commits">The sender's last heartbeats were committed.</param>
    /// <param name="Answers">The sender knows <see cref="Inquiry"/>: to one that has not said so none is sent, because it would end the link.</param>
    public sealed record Status(bool Commits, int Connections, bool Answers = false) : LinkFrame;

    /// <summary>A part of an entity's state, ahead of the change of owner.</summary>
    /// <param name="HandOff">The sender's number of it.</param>
    /// <param name="Last">No more parts of this entity.</param>
    public sealed record Stage(long HandOff, EntityAddress Entity, ReadOnlyMemory<byte> State, bool Last) : LinkFrame
    {
        public bool Equals(Stage? other) =>
            other is not null && HandOff == other.HandOff && Entity == other.Entity && Last == other.Last && State.Span.SequenceEqual(other.State.Span);

        public override int GetHashCode() => HashCode.Combine(HandOff, Entity, State.Length, Last);
    }

    /// <summary>All entities of these shards have been sent: so many.</summary>
    /// <param name="Held">An operator wants them there: the receiver keeps them though its plan would have them elsewhere.</param>
    public sealed record StageEnd(long HandOff, IReadOnlyList<ShardId> Shards, int Entities, bool Held = false) : LinkFrame;

    /// <summary>The answer to <see cref="StageEnd"/>: how many have come whole.</summary>
    public sealed record Staged(long HandOff, int Entities) : LinkFrame;

    /// <summary>The hand-off was given up.</summary>
    public sealed record StageDropped(long HandOff) : LinkFrame;

    /// <summary>For those who answer operators. Answered once, by <see cref="Answer"/> or <see cref="Unanswered"/>.</summary>
    /// <param name="Tag">The sender's number of it.</param>
    public sealed record Inquiry(long Tag, ReadOnlyMemory<byte> Question) : LinkFrame
    {
        /// <summary>Of a question and of an answer, in bytes: less than a frame may have, so that one always fits.</summary>
        public const int MostBytes = 1024 * 1024;

        public bool Equals(Inquiry? other) => other is not null && Tag == other.Tag && Question.Span.SequenceEqual(other.Question.Span);

        public override int GetHashCode() => HashCode.Combine(Tag, Question.Length);
    }

    public sealed record Answer(long Tag, ReadOnlyMemory<byte> Content) : LinkFrame
    {
        public bool Equals(Answer? other) => other is not null && Tag == other.Tag && Content.Span.SequenceEqual(other.Content.Span);

        public override int GetHashCode() => HashCode.Combine(Tag, Content.Length);
    }

    /// <summary>There is no answer to an inquiry.</summary>
    /// <param name="Why">In words; at most <see cref="LongestWhy"/> characters.</param>
    public sealed record Unanswered(long Tag, string Why) : LinkFrame
    {
        public const int LongestWhy = 1024;
    }
}
