using Realtime.Messages.Channels;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// The unanswered publishes with a sequence number of one connection on one channel, in the order of their numbers. Each names the one before
/// it, so that the channel takes none that would overtake another; they are sent again together, in order.
/// </summary>
internal sealed class PublishOrder(ConnectionContext context)
{
    private readonly List<OpenPublish> _open = [];
    private long _due;
    private long _sentAgainAt = long.MinValue / 2;
    private int _repeats;

    public bool IsEmpty => _open.Count == 0;

    public long Due => IsEmpty ? long.MaxValue : _due;

    public void Add(OpenPublish publish)
    {
        if (IsEmpty)
        {
            _repeats = 0;
            _due = context.Now.Ticks + RepeatDelay.First;
        }

        // A refused one comes back under its old number. Behind the later ones it would name one of them while they name it, and none would be taken.
        var index = _open.FindLastIndex(open => open.Sequence < publish.Sequence) + 1;
        publish.Predecessor = index == 0 ? null : _open[index - 1].Sequence;
        _open.Insert(index, publish);
        context.ToChannel(publish.Copy());
    }

    /// <param name="isPublished">
    /// False: what follows it goes on naming it. It may be taken only if this one was, or else the client's repeat would come after it.
    /// </param>
    public void Remove(OpenPublish publish, bool isPublished)
    {
        var index = _open.IndexOf(publish);
        if (isPublished && index + 1 < _open.Count && _open[index + 1].Predecessor == publish.Sequence)
        {
            _open[index + 1].Predecessor = null;
        }

        _open.RemoveAt(index);
        _repeats = 0;
        _due = context.Now.Ticks + RepeatDelay.First;
    }

    /// <summary>
    /// The channel gave a publish back: everything is sent again. From the missing one on is not enough: the channel says which one it misses
    /// next, and those before that may have been lost with the channel's node, too.
    /// </summary>
    /// <returns>False: the one before it was not published and is not sent any more, so this one must not be published either.</returns>
    public bool TryGoBack(OpenPublish publish, long? missing)
    {
        if (missing is not null && publish.Predecessor is not null && !_open.Exists(known => known != publish && known.Sequence == missing))
        {
            return false;
        }

        // Each of those that follow is given back as well; what was just sent again answers them all.
        if (context.Now.Ticks - _sentAgainAt >= RepeatDelay.First)
        {
            SendAll();
        }

        return true;
    }

    /// <summary>What is unanswered may have been lost with a node.</summary>
    public void RepeatSoon() => (_repeats, _due) = (0, Math.Min(_due, context.Now.Ticks + RepeatDelay.First));

    public void Sweep()
    {
        if (!IsEmpty && context.Now.Ticks >= _due)
        {
            _repeats++;
            SendAll();
        }
    }

    private void SendAll()
    {
        _sentAgainAt = context.Now.Ticks;
        _due = context.Now.Ticks + RepeatDelay.After(_repeats);
        foreach (var publish in _open)
        {
            context.ToChannel(publish.Copy());
        }
    }
}
