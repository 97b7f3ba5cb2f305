using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Feeds.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Feeds;

/// <summary>
/// One channel's subscribers on this node: takes one copy of each message from the channel's owner and gives it to them. A subscriber that
/// is not at the head, because it joins, resumes, lagged or a message was lost on the way, reads pages of the log until it meets the head;
/// that is the only way of recovery there is. The feed believes one actor at a time: see <see cref="ListenLease"/>.
/// </summary>
internal sealed class ChannelFeed : UntypedActor
{
    private readonly ChannelName _channel;
    private readonly NamespacePolicy _space;
    private readonly FeedSetup _setup;
    private readonly SubscriberSet _subscribers = new();
    private readonly FeedMeter _meter;
    private readonly FeedPresence? _presence;
    private readonly FeedInterest _interest;
    private readonly ChannelReader _reader;
    private readonly Fanout _fanout;
    private readonly FeedEntrance _entrance;
    private readonly FeedReceipts _receipts;
    private IActorRef _lastOwner = ActorRefs.Nobody;
    private long _joins;
    private bool _isFlushSent;
    private ICancelable? _tick;
    private int _idleSeconds;

    public ChannelFeed(ChannelName channel, NamespacePolicy space, FeedSetup setup, ProgressCell progress)
    {
        _channel = channel;
        _space = space;
        _setup = setup;
        var (tags, policy) = (new RequestTags(), setup.Policy);
        _meter = new FeedMeter(space.Name, _subscribers.Count, setup);
        _presence = space.Presence ? new FeedPresence(channel, space.RosterLimit, setup, tags, _subscribers, Self) : null;
        _interest = new FeedInterest(channel, setup, tags, _presence, Self, Context.Parent);
        _reader = new ChannelReader(channel, setup, tags, Self);
        _fanout = new Fanout(channel, space, policy.RunBytes, _subscribers, _reader, _meter, setup.Time);
        _receipts = new FeedReceipts(channel, space, setup, _subscribers, progress);
        _entrance = new FeedEntrance(channel, space, policy.JoinSeconds, _subscribers, _reader, _fanout, _presence);
    }

    /// <param name="progress">Read by the hub.</param>
    public static Props PropsOf(ChannelName channel, NamespacePolicy space, FeedSetup setup, ProgressCell progress) =>
        Props.Create(() => new ChannelFeed(channel, space, setup, progress));

    protected override void PreStart()
    {
        _meter.Open();
        KeepTicking();
    }

    protected override void PostStop()
    {
        _tick?.Cancel();
        _meter.Close();
        foreach (var subscriber in _subscribers.All)
        {
            subscriber.Connection.Tell(new FeedEvent.FeedFailed(subscriber));
        }
    }

    protected override void OnReceive(object message)
    {
        if (message is ChannelNews.Batch batch)
        {
            if (_interest.IsHeldBy(Sender))
            {
                Gather(batch);
            }

            return;
        }

        SendGathered();
        switch (message)
        {
            case FeedCommand command:
                OnCommand(command);
                break;
            case ChannelNews news:
                OnNews(news);
                break;
            case ChannelReply reply:
                OnReply(reply);
                break;
            case FeedMessage.Tick:
                OnTick();
                break;
            case FeedMessage.ListenAnew anew when _interest.State is LeaseState.Held or LeaseState.Asking && anew.Attempt == _interest.Attempt:
                _interest.Listen();
                break;
            case FeedMessage:
                break;
            default:
                Unhandled(message);
                break;
        }

        _receipts.Say(_interest.Owner, _interest.Attempt, _fanout.Head, _presence?.Revision ?? -1);
        _meter.Publish();
        KeepTicking();
    }

    /// <summary>Batches that are in the mailbox one behind the other go out as one run.</summary>
    private void Gather(ChannelNews.Batch batch)
    {
        _receipts.Take(batch);
        _fanout.Gather(batch);
        if (!_isFlushSent)
        {
            _isFlushSent = true;
            Self.Tell(FeedMessage.Flush.Instance);
        }
    }

    private void SendGathered()
    {
        _isFlushSent = false;
        _fanout.SendGathered();
    }

    private void OnCommand(FeedCommand command)
    {
        switch (command)
        {
            case FeedCommand.Join join:
                Join(join.Subscriber);
                break;
            case FeedCommand.Leave leave:
                Leave(leave.Subscriber, leave.Withdraws);
                break;
            case FeedCommand.Begin begin when _subscribers.Has(begin.Subscriber) && begin.Subscriber.Cursor.Mode is CursorMode.Held:
                Begin(begin.Subscriber, begin.WithRoster);
                break;
            case FeedCommand.Room room when _subscribers.Has(room.Subscriber):
                _fanout.Refill(room.Subscriber);
                _presence?.Refill(room.Subscriber);
                break;
            case FeedCommand.ShowPresence show when _subscribers.Has(show.Subscriber):
                show.Subscriber.Presence = show.Member;
                _presence?.Show(show.Subscriber, _interest.IsHeld);
                break;
            case FeedCommand.SeePresence see when _subscribers.Has(see.Subscriber):
                see.Subscriber.SeesPresence = see.Sees;
                _presence?.SendAnew(see.Subscriber);
                break;
            case FeedCommand.Describe describe:
                describe.Subscriber.Connection.Tell(
                    new FeedEvent.Described(describe.Subscriber, _entrance.Describe(describe.Subscriber), describe.Tag));
                break;
            case FeedCommand.SendRoster send when _subscribers.Has(send.Subscriber):
                _presence?.SendAnew(send.Subscriber);
                break;
            case FeedCommand.Inspect inspect:
                Sender.Tell(new FeedEvent.Inspected(inspect.Subscriber, Inspect(inspect.Subscriber), inspect.Tag));
                break;
            case FeedCommand.CountSubscribers:
                Sender.Tell(new ChannelSubscriberCount(_channel, _subscribers.Count.Total, _subscribers.Count.Behind));
                break;
            default:
                break;
        }
    }

    private void Join(Subscriber subscriber)
    {
        _joins++;
        subscriber.Enter(Self, _meter);
        if (subscriber.HasLeft)
        {
            return; // It left while its join was with a feed that failed; its leave has been answered.
        }

        if (_interest.State is LeaseState.None or LeaseState.Returning)
        {
            _interest.Listen();
        }

        _subscribers.Add(subscriber);
        _entrance.Add(subscriber, _interest.IsHeld);
    }

    private void Begin(Subscriber subscriber, bool withRoster)
    {
        _fanout.Begin(subscriber);
        if (withRoster)
        {
            _presence?.SendAnew(subscriber);
        }
        else
        {
            _presence?.Refill(subscriber);
        }
    }

    private void Leave(Subscriber subscriber, bool withdraws)
    {
        if (_subscribers.Has(subscriber))
        {
            _subscribers.Remove(subscriber);
            _entrance.Remove(subscriber);
            if (withdraws && subscriber.Presence is not null)
            {
                subscriber.Presence = null;
                _presence?.Show(subscriber, _interest.IsHeld);
            }
            else
            {
                _presence?.Forget(subscriber);
            }
        }

        subscriber.Connection.Tell(new FeedEvent.Left(subscriber));
    }

    private LiveSubscription? Inspect(Subscriber subscriber)
    {
        if (!_subscribers.Has(subscriber))
        {
            return null;
        }

        var cursor = subscriber.Cursor;
        return _space.KeepsLog
            ? new LiveSubscription(_channel, cursor.Position.IsNone ? null : cursor.Position, _fanout.Head, cursor.IsBehind)
            : new LiveSubscription(_channel, null, null, cursor.IsBehind);
    }

    private void OnNews(ChannelNews news)
    {
        if (!_interest.IsHeldBy(Sender))
        {
            return;
        }

        switch (news)
        {
            case ChannelNews.Head head:
                MoveHead(head.Position);
                break;
            case ChannelNews.Presence presence:
                _presence?.OnNews(presence);
                break;
            case ChannelNews.Held held:
                _receipts.Hold(held);
                MoveHead(held.Position);
                break;
            case ChannelNews.Moved:
                _interest.Listen();
                break;
            default:
                break;
        }
    }

    private void OnReply(ChannelReply reply)
    {
        switch (reply)
        {
            case ChannelReply.Listening listening when _interest.TryHold(listening, Sender):
                OnListening(listening);
                break;
            case ChannelReply.Refused refused when _interest.State is LeaseState.Asking && _interest.IsAbout(refused.Tag):
                // Subscribers that are live from before keep their places; Listen is repeated for them.
                _entrance.RefuseAll(refused);
                break;
            case ChannelReply.Noted noted when _interest.State is LeaseState.Returning && _interest.IsAbout(noted.Tag):
                _interest.End();
                break;
            case ChannelReply.Noted or ChannelReply.Refused when _presence?.TryConfirm(reply.Tag, _interest.IsHeld) is true:
                break;
            case ChannelReply.RosterPage page when _interest.IsHeldBy(Sender):
                _presence?.OnRosterPage(page);
                break;
            case ChannelReply.Renewed renewed when _interest.IsHeld && renewed.Attempt == _interest.Attempt:
                OnRenewed(renewed);
                break;
            case ChannelReply.Subscribed or ChannelReply.Page or ChannelReply.Refused or ChannelReply.Retry
                when _reader.TryTake(reply.Tag, out var read):
                OnRead(read, reply);
                break;
            default:
                break;
        }
    }

    private void OnListening(ChannelReply.Listening listening)
    {
        var (isNew, isFirst) = (!_lastOwner.Equals(Sender), _lastOwner.IsNobody());
        _lastOwner = Sender;
        _receipts.Restart();
        _presence?.OnListening(listening.Roster, isNew);
        MoveHead(listening.Head);
        _reader.Restart(all: isNew && !isFirst);
    }

    private void MoveHead(StreamPosition head)
    {
        _fanout.MoveHead(head);
        _entrance.PlaceAtHead();
    }

    /// <summary>
    /// It comes through the hub and may be older than the last batch: what does not fit is asked for where answers are in order.
    /// </summary>
    private void OnRenewed(ChannelReply.Renewed renewed)
    {
        if (renewed.IsListening && (renewed.Head.IsNone || renewed.Head.Epoch == _fanout.Head.Epoch))
        {
            MoveHead(renewed.Head);
            _presence?.OnRevision(renewed.Revision);
        }
        else
        {
            _interest.Listen();
        }
    }

    private void OnRead(PendingRead read, ChannelReply reply)
    {
        if (reply is not ChannelReply.Refused && !_interest.IsHeldBy(Sender))
        {
            _reader.PutBack(read);
            if (_interest.IsHeld)
            {
                _interest.Listen(); // Another actor answers for the channel than the one that is believed.
            }

            return;
        }

        switch (read, reply)
        {
            case (PendingRead.First first, ChannelReply.Subscribed answer):
                _entrance.Place(first.Subscriber, answer);
                break;
            case (PendingRead.First first, ChannelReply.Refused refused):
                _entrance.Refuse(first.Subscriber, refused);
                break;
            case (PendingRead.Page page, ChannelReply.Page answer):
                _fanout.TakePage(page, answer);
                break;
            default:
                // The log cannot be read now, or the channel is stopping.
                _reader.PutBack(read);
                break;
        }
    }

    private void OnTick()
    {
        _tick = null;
        _interest.Tick();
        _entrance.Tick();
        _reader.Tick();
        _presence?.Tick(_interest.IsHeld);
        _idleSeconds = _subscribers.Length == 0 ? _idleSeconds + 1 : 0;
        if (_idleSeconds >= _setup.Policy.IdleSeconds)
        {
            OnIdle();
        }
    }

    private void OnIdle()
    {
        if (_interest.State is LeaseState.None)
        {
            Context.Parent.Tell(new FeedMessage.Idle(_channel, _joins));
        }
        else if (_interest.State is not LeaseState.Returning)
        {
            _interest.Unlisten();
        }
    }

    /// <summary>A feed looks at the clock only while it waits for something: a quiet channel with subscribers costs nothing.</summary>
    private void KeepTicking()
    {
        var waits = !_interest.IsHeld || _subscribers.Length == 0 || _entrance.IsWaiting || _reader.IsWaiting
            || _presence is { IsWaiting: true };
        if (waits && _tick is null)
        {
            _tick = Context.System.Scheduler.ScheduleTellOnceCancelable(_setup.Policy.Tick, Self, FeedMessage.Tick.Instance, Self);
        }
    }
}
