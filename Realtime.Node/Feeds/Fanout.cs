using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Feeds;

/// <summary>
/// Gives a channel's messages to its subscribers on this node: runs of batches to those that are live, pages of the log to those that are
/// not, and what the namespace's lag policy says to those whose queue is full. The cursor of each alone decides what may be sent to it.
/// </summary>
internal sealed class Fanout(
    ChannelName channel, NamespacePolicy space, int runBytes, SubscriberSet subscribers, ChannelReader reader, FeedMeter meter, TimeProvider time)
{
    private List<LogMessage> _gathered = [];
    private Epoch _gatheredEpoch;

    /// <summary>The end of the log as far as this feed knows; none while nothing is known, and on channels without a log.</summary>
    public StreamPosition Head { get; private set; }

    public bool HasGathered => _gathered.Count > 0;

    /// <summary>Takes a batch; it goes out with those that follow it in the mailbox, as one run.</summary>
    public void Gather(ChannelNews.Batch batch)
    {
        // What does not follow begins a run of its own: in one run with what is before, the hole would look like messages left out.
        if (_gathered.Count > 0
            && (_gatheredEpoch != batch.Epoch || (space.KeepsLog && batch.Messages[0].Offset != _gathered[^1].Offset + 1)))
        {
            SendGathered();
        }

        _gatheredEpoch = batch.Epoch;
        _gathered.AddRange(batch.Messages);
        meter.Gathered(batch.Traces);
    }

    /// <summary>
    /// Sends what has gathered, in runs of bounded size: a queue that is empty takes any one run, so a run without bound would be a queue
    /// without bound.
    /// </summary>
    public void SendGathered()
    {
        var gathered = _gathered;
        if (gathered.Count == 0)
        {
            return;
        }

        _gathered = [];
        var span = meter.Begin();
        for (var start = 0; start < gathered.Count;)
        {
            var count = FanoutBatch.RunLength(gathered, start, runBytes);
            Send(new FanoutBatch(channel, count == gathered.Count ? gathered : gathered.GetRange(start, count), time));
            start += count;
        }

        meter.End(span, gathered.Count);
    }

    /// <summary>The head is elsewhere: subscribers that are live and not there read on.</summary>
    public void MoveHead(StreamPosition head)
    {
        if (head.IsNone || (head.Epoch == Head.Epoch && head.Offset <= Head.Offset))
        {
            return;
        }

        Head = head;
        foreach (var subscriber in subscribers.All)
        {
            if (subscriber.Cursor.Mode is CursorMode.Live && !subscriber.Cursor.TryGoLive(Head))
            {
                subscriber.Cursor.CatchUp();
                ReadOn(subscriber);
            }
        }
    }

    /// <summary>The reply to the subscriber is queued: its gap, its first page and what follows may be sent.</summary>
    public void Begin(Subscriber subscriber)
    {
        var cursor = subscriber.Cursor;
        if (subscriber.Gap is { } gap)
        {
            subscriber.Gap = null;
            subscriber.SendGap(gap);
        }

        var first = subscriber.FirstPage;
        subscriber.FirstPage = [];
        if (cursor.Mode is CursorMode.Stopped)
        {
            return;
        }

        cursor.CatchUp();
        if (first.Count > 0 && !subscriber.TrySendRun(new FanoutBatch(channel, first, time)))
        {
            cursor.Wait(); // It reads them again once there is room.
            return;
        }

        ReadOn(subscriber);
    }

    /// <summary>There is room again.</summary>
    public void Refill(Subscriber subscriber)
    {
        var cursor = subscriber.Cursor;
        if (cursor.Mode is CursorMode.Stopped)
        {
            return;
        }

        if (cursor.HasLoss)
        {
            subscriber.TrySendLoss();
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

    /// <summary>A page has come from the channel's owner.</summary>
    public void TakePage(PendingRead.Page read, ChannelReply.Page page)
    {
        if (page.Head.Epoch != Head.Epoch || page.Head.Offset > Head.Offset)
        {
            MoveHead(page.Head);
        }

        var batch = page.Messages.Count > 0 ? new FanoutBatch(channel, page.Messages, time) : null;
        foreach (var subscriber in read.Readers)
        {
            var cursor = subscriber.Cursor;
            if (!subscribers.Has(subscriber) || cursor.Mode is not CursorMode.CatchingUp || cursor.Position != read.After)
            {
                continue;
            }

            // What was dropped before this page has its own gap: the page's, or a plain `prev`, would hide it.
            if (cursor.Loss() is { } loss)
            {
                subscriber.SendGap(loss);
            }

            if (page.Gap is { } gap)
            {
                subscriber.SendGap(gap);
            }

            if (cursor.Mode is CursorMode.Stopped)
            {
                continue;
            }

            if (batch is not null && !subscriber.TrySendRun(batch))
            {
                subscriber.AwaitRoom();
                cursor.Wait();
                continue;
            }

            ReadOn(subscriber);
        }
    }

    private void Send(FanoutBatch batch)
    {
        if (space.KeepsLog)
        {
            Head = new StreamPosition(_gatheredEpoch, _gatheredEpoch == Head.Epoch ? Math.Max(Head.Offset, batch.Last) : batch.Last);
        }

        foreach (var subscriber in subscribers.All)
        {
            Give(subscriber, batch);
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

        switch (cursor.Judge(_gatheredEpoch, batch.First, batch.Last, batch.Silenced, batch.IsThinned))
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
        if (cursor.HasLoss && !subscriber.TrySendLoss())
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
                subscriber.GiveUp();
                break;
            default:
                subscriber.Cursor.Lose(batch.First, batch.Last);
                break;
        }
    }

    /// <summary>Lag policy `latest`: of each key only the newest message waits; what lay between is told by <c>prev</c>.</summary>
    private void SendLatest(Subscriber subscriber)
    {
        if (subscriber.Conflation is { } waiting)
        {
            if (!subscriber.TrySendSelected(FanoutBatch.StillGiven(waiting.Newest, time), waiting.Last))
            {
                return;
            }

            subscriber.Conflation = null;
        }

        subscriber.Cursor.CatchUp();
        ReadOn(subscriber);
    }

    /// <summary>What comes replaces what waits; if something is missing the subscriber reads all from the log.</summary>
    private void Conflate(Subscriber subscriber, FanoutBatch batch)
    {
        if (!subscriber.Conflation!.TryAdd(_gatheredEpoch, batch.First, batch.Last, subscriber.Cursor.Select(batch.Messages)))
        {
            subscriber.Conflation = null;
        }
    }

    /// <summary>Goes live at the head; else asks for the next page if there is room for it.</summary>
    private void ReadOn(Subscriber subscriber)
    {
        var cursor = subscriber.Cursor;
        if (cursor.Mode is CursorMode.Stopped || cursor.TryGoLive(Head))
        {
            return;
        }

        if (subscriber.AwaitRoom())
        {
            reader.ReadAfter(subscriber);
        }
        else
        {
            cursor.Wait();
        }
    }
}
