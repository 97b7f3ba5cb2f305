using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections;

/// <summary>
/// Gives a channel's messages to its subscribers on this node: runs of news to those that are live, pages of the log to those that are
/// not, and what the namespace's lag policy says to those whose queue is full.
/// </summary>
internal sealed class FeedDelivery(
    ChannelName name, NamespacePolicy space, IReadOnlyList<Subscriber> subscribers, FeedQuestions questions, FeedMeter meter)
{
    /// <summary>Messages asked for at once by a subscriber that catches up.</summary>
    private const int PageMessages = 512;

    private const int PageBytes = 64 * 1024;

    /// <summary>Most bytes of messages that are encoded and queued as one.</summary>
    private const int RunBytes = 32 * 1024;

    private List<LogMessage> _news = [];
    private Epoch _newsEpoch;

    /// <summary>The end of the log as far as this node knows.</summary>
    public StreamPosition Head { get; private set; }

    /// <summary>Takes news; it goes out at the end of the turn, as one run.</summary>
    public void Gather(ChannelNews.Messages messages)
    {
        // What does not follow begins a run of its own: in one run with what is before, the hole would pass for messages left out on purpose.
        if (_news.Count > 0
            && (_newsEpoch != messages.Epoch || (space.KeepsLog && messages.Items[0].Offset != _news[^1].Offset + 1)))
        {
            FanOut();
        }

        _newsEpoch = messages.Epoch;
        _news.AddRange(messages.Items);
        meter.Gathered(messages.Traces);
    }

    /// <summary>
    /// Gives everybody what has gathered, in runs of bounded size: a queue that is empty takes any one run, so a run without bound would
    /// be a queue without bound.
    /// </summary>
    public void FanOut()
    {
        var news = _news;
        if (news.Count == 0)
        {
            meter.Flush();
            return;
        }

        _news = [];
        var span = meter.Begin();
        for (var start = 0; start < news.Count;)
        {
            var count = FanoutBatch.RunLength(news, start, RunBytes);
            FanOut(count == news.Count ? news : news.GetRange(start, count));
            start += count;
        }

        meter.End(span, news.Count, subscribers.Count);
    }

    private void FanOut(List<LogMessage> run)
    {
        var batch = new FanoutBatch(name, run);
        if (space.KeepsLog)
        {
            Head = new StreamPosition(_newsEpoch, _newsEpoch == Head.Epoch ? Math.Max(Head.Offset, batch.Last) : batch.Last);
        }

        for (var i = 0; i < subscribers.Count; i++)
        {
            Give(subscribers[i], batch);
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
            case Delivery.Whole when subscriber.TrySend(batch.For(subscriber.Codec), batch.Messages.Count):
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
        if (cursor.HasLoss && !subscriber.TryTellLoss())
        {
            cursor.Lose(batch.First, batch.Last);
            return;
        }

        if (!subscriber.TrySendSelected(batch.Messages, batch.Last))
        {
            Refused(subscriber, batch);
        }
    }

    /// <summary>The queue is full: what now is the namespace's choice.</summary>
    private void Refused(Subscriber subscriber, FanoutBatch batch)
    {
        switch (space.Lag)
        {
            case LagPolicy.Catchup when space.KeepsLog:
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
    public void Refill(Subscriber subscriber)
    {
        var cursor = subscriber.Cursor;
        if (cursor.HasLoss)
        {
            subscriber.TryTellLoss();
        }

        if (cursor.Mode is not CursorMode.Waiting)
        {
            return;
        }

        if (space.Lag is LagPolicy.Latest)
        {
            SendLatest(subscriber);
            return;
        }

        cursor.CatchUp();
        ReadOn(subscriber);
    }

    /// <summary>Lag policy `latest`: of each key only the newest message waits; what lay between is told by <c>prev</c>.</summary>
    private void SendLatest(Subscriber subscriber)
    {
        if (subscriber.Conflation is { } waiting)
        {
            if (!subscriber.TrySendSelected(waiting.Newest, waiting.Last))
            {
                return;
            }

            subscriber.Conflation = null;
        }

        if (!subscriber.Cursor.TryGoLive(Head))
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

    /// <summary>Asks for the next page if the reader has room for it.</summary>
    public void ReadOn(Subscriber subscriber)
    {
        var cursor = subscriber.Cursor;
        if (cursor.TryGoLive(Head))
        {
            return;
        }

        if (!subscriber.Outbound.AwaitRoom())
        {
            cursor.Wait();
            return;
        }

        questions.Read(subscriber, PageMessages, PageBytes);
    }

    /// <summary>A page that could not be read, or got no answer: whoever still stands there asks again.</summary>
    public void ReadAgain(FeedQuestion.Page page)
    {
        foreach (var subscriber in page.Readers)
        {
            if (Awaits(subscriber, page))
            {
                ReadOn(subscriber);
            }
        }
    }

    /// <summary>The head is known to be elsewhere: whoever believed to be live and is not there reads on.</summary>
    public void MoveHead(StreamPosition head)
    {
        // Words of one life of the log may come on different ways: the later end is the true one.
        Head = head.Epoch == Head.Epoch && head.Offset < Head.Offset ? Head : head;
        for (var i = 0; i < subscribers.Count; i++)
        {
            var subscriber = subscribers[i];
            if (subscriber.Cursor.Mode is CursorMode.Live && !subscriber.Cursor.TryGoLive(Head))
            {
                subscriber.Cursor.CatchUp();
                ReadOn(subscriber);
            }
        }
    }

    /// <summary>The page has come.</summary>
    public void Turn(FeedQuestion.Page question, ChannelReply.Page page)
    {
        if (page.Head.Epoch != Head.Epoch || page.Head.Offset > Head.Offset)
        {
            Head = page.Head;
        }

        var batch = page.Messages.Count > 0 ? new FanoutBatch(name, page.Messages) : null;
        foreach (var subscriber in question.Readers)
        {
            var cursor = subscriber.Cursor;
            if (!Awaits(subscriber, question))
            {
                continue;
            }

            // What was dropped before this page has its own gap: the page's, or a plain `prev`, would hide it.
            if (cursor.Loss() is { } loss)
            {
                cursor.Skip(loss);
                subscriber.SendControl(new ServerFrame.Gap(name, loss));
            }

            if (page.Gap is { } gap)
            {
                cursor.Skip(gap);
                subscriber.SendControl(new ServerFrame.Gap(name, gap));
            }

            if (batch is not null && !subscriber.TrySendRun(batch))
            {
                subscriber.Outbound.AwaitRoom();
                cursor.Wait();
                continue;
            }

            ReadOn(subscriber);
        }
    }

    private static bool Awaits(Subscriber subscriber, FeedQuestion.Page page) =>
        subscriber.Index >= 0 && subscriber.Cursor.Mode is CursorMode.CatchingUp && subscriber.Cursor.Position == page.After;
}
