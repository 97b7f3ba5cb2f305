using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>Who is on a channel, as its feed tells its subscribers: changes while they follow each other, the whole roster otherwise.</summary>
internal sealed class FeedRoster(ChannelName name, int rosterLimit, IReadOnlyList<Subscriber> subscribers)
{
    private readonly PresenceView _view = new(rosterLimit);
    private bool _countChanged;

    public long Revision => _view.Revision;

    public PresenceSnapshot Snapshot() => _view.Snapshot();

    /// <summary>What is believed of who is here; null when nothing was ever heard.</summary>
    public PresenceSnapshot? Known() => _view.Revision < 0 ? null : _view.Snapshot();

    public bool IsBehind(Subscriber subscriber) => subscriber.PresenceRevision != _view.Revision;

    /// <summary>The channel has told the whole.</summary>
    public void Reset(PresenceSnapshot presence)
    {
        var missed = _view.Revision != presence.Revision;
        _view.Reset(presence);
        if (missed)
        {
            SendToAll();
        }
    }

    /// <returns>False when something was missed: the whole has to be asked for.</returns>
    public bool TryHear(ChannelNews.Presence news)
    {
        if (!_view.Apply(news))
        {
            return false;
        }

        if (_view.IsCounted)
        {
            _countChanged = true;
            return true;
        }

        EncodedFrames? frames = null;
        foreach (var subscriber in subscribers)
        {
            if (subscriber.Cursor.Mode is CursorMode.Held || subscriber.PresenceRevision != news.Revision - 1)
            {
                continue;
            }

            frames ??= EncodedFrames.Of(subscriber.Codec, new ServerFrame.PresenceChanged(name, news.Change, news.Members, news.Revision));
            if (subscriber.TrySend(frames))
            {
                subscriber.PresenceRevision = news.Revision;
            }
        }

        return true;
    }

    public void SendTo(Subscriber subscriber)
    {
        if (subscriber.TrySend(EncodedFrames.Of(subscriber.Codec, new ServerFrame.Roster(name, _view.Snapshot()))))
        {
            subscriber.PresenceRevision = _view.Revision;
        }
    }

    /// <summary>
    /// Above the roster limit only the count is told, at most once a second: otherwise a crowd that joins would be told of itself in frames
    /// that grow with its square.
    /// </summary>
    public bool HasCountToTell => _countChanged;

    public void TellCount()
    {
        if (_countChanged)
        {
            _countChanged = false;
            SendToAll();
        }
    }

    private void SendToAll()
    {
        foreach (var subscriber in subscribers)
        {
            if (subscriber.Cursor.Mode is not CursorMode.Held && IsBehind(subscriber))
            {
                SendTo(subscriber);
            }
        }
    }
}
