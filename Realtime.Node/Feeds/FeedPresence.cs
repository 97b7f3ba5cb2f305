using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Feeds.Core;

namespace Realtime.Node.Feeds;

/// <summary>
/// Presence of one channel on this node: claims the sessions of the subscribers to the channel, keeps the roster as the channel tells it,
/// and sends it to the subscribers: changes while they follow each other, the whole otherwise.
/// </summary>
internal sealed class FeedPresence(
    ChannelName channel, int rosterLimit, FeedSetup setup, RequestTags tags, SubscriberSet subscribers, IActorRef feed)
{
    private readonly Roster _roster = new(rosterLimit);
    private readonly PresenceClaims _claims = new();
    private bool _countChanged;
    private long? _readTag;
    private int _readAge;
    private int _claimAge;

    /// <summary>Whether time has to pass for something.</summary>
    public bool IsWaiting => _countChanged || _readTag is not null || !_claims.AreConfirmed;

    public long Revision => _roster.Revision;

    public PresenceSnapshot Snapshot() => _roster.Snapshot();

    /// <summary>The roster for an owner that may not know it, in parts; empty: this feed does not know it either.</summary>
    public IReadOnlyList<PresenceSnapshot> Known()
    {
        var parts = new List<PresenceSnapshot>();
        while (_roster.IsComplete && (parts.Count == 0 || parts[^1].More))
        {
            var after = parts.Count == 0 ? default : parts[^1].Members![^1].Session;
            parts.Add(RosterPart.Of(_roster.Snapshot(), after, setup.Policy.RequestBytes));
        }

        return parts;
    }

    /// <summary>The channel's owner has answered a Listen.</summary>
    /// <param name="isNewOwner">It may not know the claims of this feed.</param>
    public void OnListening(PresenceSnapshot? roster, bool isNewOwner)
    {
        if (isNewOwner)
        {
            _claims.Restate();
        }

        SendClaims();
        if (roster is not null)
        {
            _readTag = null;
            _roster.Begin(roster);
            OnRosterRead();
        }
    }

    /// <summary>Claims what others see of the subscriber's session, or withdraws it.</summary>
    public void Show(Subscriber subscriber, bool isListening)
    {
        // An attachment belongs to one node, so the node's counter orders its changes, also over feeds that follow each other.
        var stamp = new PresenceStamp(subscriber.Attachment, setup.Attempts.Next());
        if (subscriber.Presence is { } member)
        {
            _claims.Claim(new PresenceClaim(member, stamp));
        }
        else
        {
            _claims.Withdraw(subscriber.Session, stamp);
        }

        if (isListening)
        {
            SendClaims();
        }
    }

    /// <summary>Its connection is gone; the session itself says when it is not to be seen any more.</summary>
    public void Forget(Subscriber subscriber) => _claims.Forget(subscriber.Session, subscriber.Attachment);

    /// <summary>A claim or withdrawal has been answered.</summary>
    public bool TryConfirm(long tag, bool isListening)
    {
        if (!_claims.Confirm(tag))
        {
            return false;
        }

        if (isListening)
        {
            SendClaims();
        }

        return true;
    }

    /// <summary>A page of the roster has come from the channel's owner.</summary>
    public void OnRosterPage(ChannelReply.RosterPage page)
    {
        if (page.Tag != _readTag)
        {
            return;
        }

        _readTag = null;
        if (!_roster.TryContinue(page.Snapshot))
        {
            _roster.ReadAgain();
        }

        OnRosterRead();
    }

    /// <summary>The channel's roster has this revision: changes may have been lost on the way.</summary>
    public void OnRevision(long revision)
    {
        if (revision > _roster.Revision && _readTag is null)
        {
            _roster.ReadAgain();
            ReadRoster();
        }
    }

    public void OnNews(ChannelNews.Presence news)
    {
        var wasComplete = _roster.IsComplete;
        if (!_roster.TryApply(news))
        {
            _readTag = null;
            ReadRoster();
            return;
        }

        if (_roster.IsCounted)
        {
            _countChanged = true;
            return;
        }

        if (!wasComplete)
        {
            return;
        }

        EncodedFrames? frames = null;
        Codecs.IFrameCodec? codec = null;
        foreach (var subscriber in subscribers.All)
        {
            if (!IsTold(subscriber) || subscriber.RosterRevision != news.Revision - 1)
            {
                continue;
            }

            if (frames is null || !ReferenceEquals(codec, subscriber.Codec))
            {
                codec = subscriber.Codec;
                frames = EncodedFrames.Of(codec, new ServerFrame.PresenceChanged(channel, news.Change, news.Members, news.Revision));
            }

            if (subscriber.TrySend(frames))
            {
                subscriber.RosterRevision = news.Revision;
            }
        }
    }

    /// <summary>The queue has room: for a roster that did not find it, or for the rest of one.</summary>
    public void Refill(Subscriber subscriber)
    {
        if (IsTold(subscriber))
        {
            Send(subscriber);
        }
    }

    /// <summary>Sends the whole, whatever the subscriber knows.</summary>
    public void SendAnew(Subscriber subscriber)
    {
        (subscriber.RosterRevision, subscriber.RosterProgress) = (-1, null);
        Refill(subscriber);
    }

    /// <summary>
    /// A second has passed. Above the roster limit only the count is sent, at most once a second: otherwise a crowd that joins would be
    /// sent frames about itself that grow with its square.
    /// </summary>
    public void Tick(bool isListening)
    {
        if (_countChanged)
        {
            _countChanged = false;
            SendToAll();
        }

        if (!isListening)
        {
            return;
        }

        if (_readTag is not null && ++_readAge >= setup.Policy.RepeatSeconds)
        {
            _readTag = null;
            ReadRoster();
        }

        if (!_claims.AreConfirmed && ++_claimAge >= setup.Policy.RepeatSeconds)
        {
            _claimAge = 0;
            foreach (var (tag, statements) in _claims.Unconfirmed)
            {
                Tell(tag, statements);
            }
        }
    }

    private static bool IsTold(Subscriber subscriber) => subscriber.SeesPresence &&
        subscriber.Cursor.Mode is not (CursorMode.Joining or CursorMode.Held or CursorMode.Stopped);

    private void OnRosterRead()
    {
        if (_roster.IsComplete)
        {
            SendToAll();
        }
        else
        {
            ReadRoster();
        }
    }

    private void ReadRoster()
    {
        if (_readTag is null)
        {
            (_readTag, _readAge) = (tags.Next(), 0);
            setup.Region.Tell(new ChannelRequest.ReadRoster(channel, _readTag.Value, _roster.ReadUpTo), feed);
        }
    }

    /// <summary>
    /// Sends the whole, in parts if it is large, as far as the queue has room. What changes while parts are on their way is told by another
    /// whole behind them: no copy of a roster waits for a slow reader.
    /// </summary>
    private void Send(Subscriber subscriber)
    {
        while (_roster.IsComplete && subscriber.RosterRevision != _roster.Revision)
        {
            var whole = _roster.Snapshot();
            var progress = _roster.IsCounted ? null : subscriber.RosterProgress;
            var revision = progress?.Revision ?? whole.Revision;
            var part = RosterPart.Of(whole, progress?.After ?? default, subscriber.Outbound.AnswerBytes) with { Revision = revision };
            if (!subscriber.TrySend(EncodedFrames.Of(subscriber.Codec, new ServerFrame.Roster(channel, part))))
            {
                return;
            }

            subscriber.RosterProgress = part.More ? new RosterProgress(revision, part.Members![^1].Session) : null;
            subscriber.RosterRevision = part.More ? -1 : revision;
        }
    }

    private void SendToAll()
    {
        foreach (var subscriber in subscribers.All)
        {
            Refill(subscriber);
        }
    }

    private void SendClaims()
    {
        while (true)
        {
            var tag = tags.Next();
            var statements = _claims.Next(tag, setup.Policy.RequestBytes);
            if (statements.Count == 0)
            {
                return;
            }

            Tell(tag, statements);
        }
    }

    private void Tell(long tag, IReadOnlyList<PresenceStatement> statements)
    {
        ChannelRequest request = statements[0] switch
        {
            PresenceStatement.Withdrawn withdrawn => new ChannelRequest.Withdraw(channel, tag, withdrawn.Session, withdrawn.Stamp),
            _ => new ChannelRequest.Claim(
                channel, tag, setup.Feed, [.. statements.Cast<PresenceStatement.Claimed>().Select(claimed => claimed.Claim)]),
        };
        setup.Region.Tell(request, feed);
    }
}
