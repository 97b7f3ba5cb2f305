using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections;

/// <summary>The part of a feed that sends: fan-out of news, pages for those who catch up, presence.</summary>
internal sealed partial class ChannelFeed
{
    /// <summary>Messages asked for at once by a subscriber that catches up.</summary>
    private const int PageMessages = 512;

    private const int PageBytes = 64 * 1024;

    private void FanOut()
    {
        if (_news.Count == 0)
        {
            return;
        }

        var messages = _news;
        _news = [];
        var batch = new FanoutBatch(_name, messages);
        if (_space.KeepsLog)
        {
            _head = new StreamPosition(_newsEpoch, _newsEpoch == _head.Epoch ? Math.Max(_head.Offset, batch.Last) : batch.Last);
        }

        for (var i = 0; i < _subscribers.Count; i++)
        {
            Give(_subscribers[i], batch);
        }
    }

    private void Give(Subscriber subscriber, FanoutBatch batch)
    {
        var cursor = subscriber.Cursor;
        if (cursor.Mode is CursorMode.Waiting && subscriber.Conflation is not null)
        {
            Conflate(subscriber, batch);
            return;
        }

        switch (cursor.Judge(_newsEpoch, batch.First, batch.Last, batch.Silenced))
        {
            case Delivery.Whole when subscriber.TrySend(batch.For(subscriber.Codec)):
                cursor.Advance(batch.Last, batch.Last);
                break;
            case Delivery.Whole:
                Refused(subscriber, batch);
                break;
            case Delivery.Part:
                GivePart(subscriber, batch);
                break;
            case Delivery.Missing:
                cursor.CatchUp();
                ReadOn(subscriber);
                break;
            default:
                break;
        }
    }

    private void GivePart(Subscriber subscriber, FanoutBatch batch)
    {
        var cursor = subscriber.Cursor;
        if (cursor.HasLoss && !TellLoss(subscriber))
        {
            cursor.Lose(batch.First, batch.Last);
            return;
        }

        if (!TrySendSelected(subscriber, batch.Messages, batch.Last))
        {
            Refused(subscriber, batch);
        }
    }

    private bool TrySendSelected(Subscriber subscriber, IReadOnlyList<LogMessage> messages, long last)
    {
        var cursor = subscriber.Cursor;
        var selected = cursor.Select(messages);
        if (selected.Count == 0)
        {
            cursor.Advance(last, null);
            return true;
        }

        if (!subscriber.TrySend(EncodedFrames.Of(subscriber.Codec, _name, selected, cursor.PreviousFor(selected[0]))))
        {
            return false;
        }

        cursor.Advance(last, selected[^1].Offset);
        return true;
    }

    /// <summary>The queue is full: what now is the namespace's choice.</summary>
    private void Refused(Subscriber subscriber, FanoutBatch batch)
    {
        switch (_space.Lag)
        {
            case LagPolicy.Catchup when _space.KeepsLog:
                subscriber.Cursor.Wait();
                break;
            case LagPolicy.Latest:
                subscriber.Conflation = new Conflation(subscriber.Cursor.Position);
                Conflate(subscriber, batch);
                subscriber.Cursor.Wait();
                break;
            case LagPolicy.Close:
                subscriber.Owner.OnTooSlow();
                break;
            default:
                subscriber.Cursor.Lose(batch.First, batch.Last);
                break;
        }
    }

    /// <summary>There is room again.</summary>
    private void Refill(Subscriber subscriber)
    {
        var cursor = subscriber.Cursor;
        if (cursor.HasLoss)
        {
            TellLoss(subscriber);
        }

        if (_presence is not null && subscriber.PresenceRevision != _presence.Revision && cursor.Mode is not CursorMode.Held)
        {
            SendRoster(subscriber);
        }

        if (cursor.Mode is not CursorMode.Waiting)
        {
            return;
        }

        if (_space.Lag is LagPolicy.Latest)
        {
            SendLatest(subscriber);
            return;
        }

        cursor.CatchUp();
        ReadOn(subscriber);
    }

    private bool TellLoss(Subscriber subscriber)
    {
        var gap = subscriber.Cursor.Loss()!;
        if (!subscriber.TrySend(EncodedFrames.Of(subscriber.Codec, new ServerFrame.Gap(_name, gap))))
        {
            return false;
        }

        subscriber.Cursor.Skip(gap);
        return true;
    }

    /// <summary>Lag policy `latest`: of each key only the newest message waits; what lay between is told by <c>prev</c>.</summary>
    private void SendLatest(Subscriber subscriber)
    {
        if (subscriber.Conflation is { } waiting)
        {
            if (!TrySendSelected(subscriber, waiting.Newest, waiting.Last))
            {
                return;
            }

            subscriber.Conflation = null;
        }

        if (!subscriber.Cursor.TryGoLive(_head))
        {
            subscriber.Cursor.CatchUp();
            ReadOn(subscriber);
        }
    }

    /// <summary>While a conflating subscriber waits, what comes replaces what waits; if something is missing it reads all from the log.</summary>
    private void Conflate(Subscriber subscriber, FanoutBatch batch)
    {
        if (!subscriber.Conflation!.TryAdd(_newsEpoch, batch.First, batch.Last, subscriber.Cursor.Select(batch.Messages)))
        {
            subscriber.Conflation = null;
        }
    }

    /// <summary>Asks for the next page if the reader has room for it; readers at the same position share one question and one encoding.</summary>
    private void ReadOn(Subscriber subscriber)
    {
        var cursor = subscriber.Cursor;
        if (cursor.TryGoLive(_head))
        {
            return;
        }

        if (!subscriber.Outbound.AwaitRoom())
        {
            cursor.Wait();
            return;
        }

        if (_pages.TryGetValue(cursor.Position, out var same))
        {
            same.Readers.Add(subscriber);
            return;
        }

        var page = new Question.Page(cursor.Position, [subscriber]);
        _pages.Add(cursor.Position, page);
        Ask(new ChannelRequest.Read(cursor.Position, PageMessages, PageBytes), page);
    }

    private void Turn(Question.Page question, ChannelReply.Page page)
    {
        if (page.Head.Epoch != _head.Epoch || page.Head.Offset > _head.Offset)
        {
            _head = page.Head;
        }

        var batch = page.Messages.Count > 0 ? new FanoutBatch(_name, page.Messages) : null;
        foreach (var subscriber in question.Readers)
        {
            var cursor = subscriber.Cursor;
            if (subscriber.Index < 0 || cursor.Mode is not CursorMode.CatchingUp || cursor.Position != question.After)
            {
                continue;
            }

            // What was dropped before this page has its own gap: the page's, or a plain `prev`, would hide it.
            if (cursor.Loss() is { } loss)
            {
                cursor.Skip(loss);
                subscriber.SendControl(new ServerFrame.Gap(_name, loss));
            }

            if (page.Gap is { } gap)
            {
                cursor.Skip(gap);
                subscriber.SendControl(new ServerFrame.Gap(_name, gap));
            }

            if (batch is not null && !TryGivePage(subscriber, batch))
            {
                subscriber.Outbound.AwaitRoom();
                cursor.Wait();
                continue;
            }

            ReadOn(subscriber);
        }
    }

    private bool TryGivePage(Subscriber subscriber, FanoutBatch batch)
    {
        var cursor = subscriber.Cursor;
        var plain = batch.First == cursor.Position.Offset + 1 && cursor.Known == cursor.Position.Offset
            && (batch.Silenced is null || !batch.Silenced.Contains(subscriber.Session));
        if (!plain)
        {
            return TrySendSelected(subscriber, batch.Messages, batch.Last);
        }

        if (!subscriber.TrySend(batch.For(subscriber.Codec)))
        {
            return false;
        }

        cursor.Advance(batch.Last, batch.Last);
        return true;
    }

    private void HearPresence(ChannelNews.Presence news)
    {
        if (_presence is null || !_presence.Apply(news))
        {
            Listen();
            return;
        }

        if (_presence.IsCounted)
        {
            _countChanged = true;
            StartTicking();
            return;
        }

        EncodedFrames? frames = null;
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.Cursor.Mode is CursorMode.Held || subscriber.PresenceRevision != news.Revision - 1)
            {
                continue;
            }

            frames ??= EncodedFrames.Of(subscriber.Codec, new ServerFrame.PresenceChanged(_name, news.Change, news.Members, news.Revision));
            if (subscriber.TrySend(frames))
            {
                subscriber.PresenceRevision = news.Revision;
            }
        }
    }

    private void SendRoster(Subscriber subscriber)
    {
        if (subscriber.TrySend(EncodedFrames.Of(subscriber.Codec, new ServerFrame.Roster(_name, _presence!.Snapshot()))))
        {
            subscriber.PresenceRevision = _presence.Revision;
        }
    }
}
