using Realtime.Cluster.Membership;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections;

/// <summary>What a feed has announced to the owner of its channel, and whether the owner knows it.</summary>
internal sealed class FeedInterest(ChannelName name, bool keepsLog, FeedQuestions questions, FeedRoster? roster)
{
    private long _confirmed;

    /// <summary><see cref="ShardHash.Hash"/> of the channel.</summary>
    public ulong Hash { get; } = ShardHash.Hash(EntityAddress.Of(name));

    /// <summary>The announcement by which the owner knows this relay; null while it does not. Read on any thread.</summary>
    public long? Generation => Interlocked.Read(ref _confirmed) is > 0 and var confirmed ? confirmed : null;

    /// <summary>The owner has confirmed, and nothing has come since that makes it doubtful.</summary>
    public bool IsKnown { get; private set; }

    public ShardId ShardOf(ClusterView view) => new((int)(Hash % (ulong)view.ShardCount));

    /// <summary>Announces; an owner that has answered before knows who is here, another one may have to be told.</summary>
    public void Announce() => questions.Listen(IsKnown ? null : roster?.Known());

    /// <summary>The last announcement was refused, or its answer overtaken by doubt.</summary>
    public void AnnounceIfUnknown(bool isWanted)
    {
        if (!IsKnown && isWanted)
        {
            Announce();
        }
    }

    /// <summary>Whoever owns the channel now may know nothing of this relay.</summary>
    /// <param name="isWanted">Somebody is here for whom to listen.</param>
    public void AnnounceAgain(bool isWanted)
    {
        IsKnown = false;
        Interlocked.Exchange(ref _confirmed, 0);
        if (isWanted)
        {
            questions.ListenAgain(roster?.Known());
        }
    }

    public void Confirm(long generation)
    {
        IsKnown = true;
        Interlocked.Exchange(ref _confirmed, generation);
    }

    /// <summary>
    /// Whether news of a log's life may be believed. It changes only with an owner that has to be announced to first; until that has
    /// answered anything may be true. Without this a former owner that does not know yet that it is one would switch subscribers back to a
    /// life that is over.
    /// </summary>
    public bool Believes(Epoch epoch, StreamPosition head) =>
        !keepsLog || !IsKnown || questions.IsAskingToListen || epoch == head.Epoch;
}
