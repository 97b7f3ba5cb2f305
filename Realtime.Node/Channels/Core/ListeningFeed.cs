using Akka.Actor;
using Realtime.Messages.Channels;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// One feed that listens to a channel, and how much of what it was sent it has not taken. A feed of another node that has not taken
/// <see cref="MostUntaken"/>, or whose node has no room, is held: it gets nothing until it has taken all that it was sent.
/// </summary>
/// <remarks>
/// Both ends count by <see cref="ChannelNews.Batch.Through"/>, which goes over all batches of the channel: a batch that is lost is made up for
/// by the next one that arrives, and where none does by <see cref="ChannelNews.Held"/>, which each renewal repeats.
/// </remarks>
/// <param name="window">Of its node; null: it is on this one and never held.</param>
/// <param name="through">What was sent before it began to listen is none of its business.</param>
internal sealed class ListeningFeed(FeedId id, long attempt, IActorRef feed, PeerWindow? window, long through, long now)
{
    /// <summary>Bytes of batches that a feed on another node may leave untaken.</summary>
    public const long MostUntaken = 1024 * 1024;

    private long _taken = through;

    public FeedId Id => id;

    public long Attempt => attempt;

    public IActorRef Ref => feed;

    public bool IsRemote => window is not null;

    /// <summary>When its hub asked for it last, milliseconds since 1970.</summary>
    public long RenewedAt { get; set; } = now;

    /// <summary>Of the last batch that it was sent.</summary>
    public long Through { get; private set; } = through;

    public bool IsHeld { get; private set; }

    /// <summary>Whether news may be sent to it.</summary>
    public bool HasRoom => window is null || (!IsHeld && window.HasRoom);

    /// <returns>Whether a batch may be sent to it; counts as sent then.</returns>
    public bool TrySend(long batch)
    {
        if (!HasRoom || (IsRemote && Through - _taken >= MostUntaken))
        {
            return false;
        }

        Through = batch;
        return true;
    }

    /// <returns>Whether it was not held before: it has to hear of it.</returns>
    public bool TryHold() => !IsHeld && (IsHeld = true);

    /// <param name="channel">Of the channel's last batch.</param>
    /// <returns>Whether it is held no longer: it begins anew behind the channel's last batch.</returns>
    public bool Take(long taken, long channel)
    {
        _taken = Math.Max(_taken, Math.Min(taken, Through));
        if (!IsHeld || _taken < Through)
        {
            return false;
        }

        IsHeld = false;
        (_taken, Through) = (channel, channel);
        return true;
    }
}
