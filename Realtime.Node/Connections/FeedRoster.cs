using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>Who is on a channel, as its feed tells its subscribers: changes while they follow each other, the whole roster otherwise.</summary>
internal sealed class FeedRoster(ChannelName name, int rosterLimit, IReadOnlyList<Subscriber> subscribers, RelayServices services)
{
    /// <summary>Ticks after the roster was told anew before anybody is missed: sessions are just announcing themselves to a new owner.</summary>
    private const int Patience = 5;

    /// <summary>Sessions asked in one tick: those that never announced anything are asked too.</summary>
    private const int AsksPerTick = 16;

    private readonly PresenceView _view = new(rosterLimit);
    private bool _countChanged;
    private int _patience;
    private int? _next;

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
        (_patience, _next) = (Patience, 0);
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

    /// <summary>The queue has room: for a roster that did not find it, or for the rest of one.</summary>
    public void Refill(Subscriber subscriber)
    {
        if (subscriber.Cursor.Mode is not CursorMode.Held && IsBehind(subscriber))
        {
            SendTo(subscriber);
        }
    }

    /// <summary>Sends the whole, whatever the subscriber knows.</summary>
    public void SendAnew(Subscriber subscriber)
    {
        (subscriber.PresenceRevision, subscriber.Roster) = (-1, null);
        SendTo(subscriber);
    }

    /// <summary>
    /// Sends the whole, in parts if it is large, as far as the queue has room. What changes while parts are on their way is told by another
    /// whole behind them: no copy of a roster waits for a slow reader.
    /// </summary>
    private void SendTo(Subscriber subscriber)
    {
        while (IsBehind(subscriber))
        {
            var whole = _view.Snapshot();
            var under = _view.IsCounted ? null : subscriber.Roster;
            var revision = under?.Revision ?? whole.Revision;
            var part = RosterPart.Of(whole, under?.After ?? default, subscriber.Outbound.AnswerBytes) with { Revision = revision };
            if (!subscriber.TrySend(EncodedFrames.Of(subscriber.Codec, new ServerFrame.Roster(name, part))))
            {
                return;
            }

            subscriber.Roster = part.More ? new RosterProgress(revision, part.Members![^1].Session) : null;
            subscriber.PresenceRevision = part.More ? -1 : revision;
        }
    }

    /// <summary>Whether time has to pass for something.</summary>
    public bool IsWaiting => _countChanged || _next is not null;

    /// <summary>
    /// Above the roster limit only the count is told, at most once a second: otherwise a crowd that joins would be told of itself in frames
    /// that grow with its square.
    /// </summary>
    public void Tick()
    {
        if (_countChanged)
        {
            _countChanged = false;
            SendToAll();
        }

        if (_next is not null && _patience-- <= 0)
        {
            LookForAbsent();
        }
    }

    /// <summary>
    /// An announcement can be lost when the owners of session and channel change at the same moment. After each change of the channel's owner the sessions of the
    /// subscribers here that the roster does not have are asked, a few at a time, and announce themselves again if they want to be seen.
    /// </summary>
    private void LookForAbsent()
    {
        var asked = 0;
        while (_next < subscribers.Count && asked < AsksPerTick && !_view.IsCounted)
        {
            var session = subscribers[_next.Value].Session;
            _next++;
            if (!_view.Has(session))
            {
                asked++;
                services.Cluster.Tell(EntityAddress.Of(session), new SessionRequest.Probe(name));
            }
        }

        if (_view.IsCounted || _next >= subscribers.Count)
        {
            _next = null;
        }
    }

    private void SendToAll()
    {
        foreach (var subscriber in subscribers)
        {
            Refill(subscriber);
        }
    }
}
