using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections;

/// <summary>
/// One channel's subscribers on this node: takes one copy of each message from the channel's owner and gives it to them. A subscriber
/// that is not at the head, because it joins, resumes, lagged or a message was lost on the way, reads pages of the log until it meets
/// the head; that is the only way of recovery there is.
/// </summary>
internal sealed partial class ChannelFeed : Actor<FeedInput>, IReplyReceiver, ITimerTarget
{
    private readonly ChannelName _name;
    private readonly NamespacePolicy _space;
    private readonly RelayServices _services;
    private readonly List<Subscriber> _subscribers = [];
    private readonly Dictionary<long, Question> _questions = [];
    private readonly Dictionary<StreamPosition, Question.Page> _pages = [];
    private readonly PresenceView? _presence;
    private List<LogMessage> _news = [];
    private Epoch _newsEpoch;
    private List<Subscriber> _early = [];
    private StreamPosition _head;
    private long _generation;
    private long _lastTag;
    private bool _listening;
    private bool _ticking;
    private bool _countChanged;
    private int _idleTicks;

    public ChannelFeed(ChannelName name, NamespacePolicy space, RelayServices services)
    {
        _name = name;
        _space = space;
        _services = services;
        _presence = space.Presence ? new PresenceView(space.RosterLimit) : null;
    }

    public void OnReply(long tag, EntityReply reply) => Tell(new FeedInput.Replied(tag, reply));

    public void OnTimer(int tag) => Tell(new FeedInput.Tick());

    protected override void Receive(FeedInput input)
    {
        if (input is FeedInput.News { Item: ChannelNews.Messages messages })
        {
            Gather(messages);
            return;
        }

        FanOut();
        switch (input)
        {
            case FeedInput.Join join:
                Join(join.Subscriber);
                break;
            case FeedInput.Begin begin:
                Begin(begin);
                break;
            case FeedInput.Leave leave:
                Leave(leave.Subscriber);
                break;
            case FeedInput.Describe describe:
                describe.Subscriber.Owner.OnDescribed(describe.Subscriber, Describe(describe.Subscriber), describe.Tag);
                break;
            case FeedInput.Room room when room.Subscriber.Index >= 0:
                Refill(room.Subscriber);
                break;
            case FeedInput.Replied replied when _questions.Remove(replied.Tag, out var question):
                Answered(question, replied.Reply);
                break;
            case FeedInput.News news:
                Hear(news.Item);
                break;
            case FeedInput.Tick:
                Tick();
                break;
            default:
                break;
        }
    }

    protected override void TurnEnded() => FanOut();

    protected override void Undelivered(FeedInput message)
    {
        if (message is FeedInput.Join join)
        {
            _services.Rejoin(join.Subscriber);
        }
        else if (message is FeedInput.Leave leave)
        {
            leave.Subscriber.Owner.OnLeft(leave.Subscriber);
        }
    }

    protected override void Stopped(Exception? failure)
    {
        if (failure is not null)
        {
            _services.Log.FeedFailed(failure);
        }

        // Their connections resume from their positions; to leave them attached to nothing would be silence.
        foreach (var subscriber in _subscribers)
        {
            subscriber.Owner.OnTooSlow();
        }
    }

    private void Join(Subscriber subscriber)
    {
        _idleTicks = 0;
        subscriber.Index = _subscribers.Count;
        _subscribers.Add(subscriber);
        if (!_listening)
        {
            _early.Add(subscriber);
            Listen();
            return;
        }

        Place(subscriber);
    }

    private void Leave(Subscriber subscriber)
    {
        if (subscriber.Index >= 0)
        {
            var last = _subscribers[^1];
            _subscribers[subscriber.Index] = last;
            last.Index = subscriber.Index;
            _subscribers.RemoveAt(_subscribers.Count - 1);
            subscriber.Index = -1;
            _early.Remove(subscriber);
            StartTicking();
        }

        subscriber.Owner.OnLeft(subscriber);
    }

    /// <summary>Turns the subscriber's wish into a position: here when it can be told from the head, else by the channel.</summary>
    private void Place(Subscriber subscriber)
    {
        switch (subscriber.Wish)
        {
            case null or StartFrom.LiveEnd:
                Placed(subscriber, _head, null, null);
                break;
            case var _ when !_space.KeepsLog:
                Placed(subscriber, default, null, null);
                break;
            case StartFrom.At at when at.Position == _head:
                Placed(subscriber, _head, true, null);
                break;
            default:
                Ask(new ChannelRequest.Locate(subscriber.Wish), new Question.Where(subscriber));
                break;
        }
    }

    private void Placed(Subscriber subscriber, StreamPosition position, bool? recovered, GapNotice? gap)
    {
        subscriber.Cursor.Place(position);
        subscriber.Gap = gap;
        subscriber.PresenceRevision = _presence?.Revision ?? -1;
        subscriber.Owner.OnJoined(subscriber, Describe(subscriber) with { Recovered = recovered, Gap = gap });
    }

    private SubscriptionInfo Describe(Subscriber subscriber) => _space.KeepsLog
        ? new SubscriptionInfo(_name, subscriber.Cursor.Position, _head) { Presence = _presence?.Snapshot() }
        : new SubscriptionInfo(_name, null, null) { Presence = _presence?.Snapshot() };

    private void Begin(FeedInput.Begin begin)
    {
        var subscriber = begin.Subscriber;
        if (subscriber.Index < 0)
        {
            return;
        }

        if (subscriber.Gap is { } gap)
        {
            subscriber.Gap = null;
            subscriber.SendControl(new ServerFrame.Gap(_name, gap));
        }

        subscriber.Cursor.Begin(_head);
        if (_presence is not null && (begin.WithRoster || subscriber.PresenceRevision != _presence.Revision))
        {
            SendRoster(subscriber);
        }

        if (subscriber.Cursor.Mode is CursorMode.CatchingUp)
        {
            ReadOn(subscriber);
        }
    }

    private void Gather(ChannelNews.Messages messages)
    {
        // What does not follow begins a run of its own: in one run with what is before, the hole would pass for messages left out on purpose.
        if (_news.Count > 0
            && (_newsEpoch != messages.Epoch || (_space.KeepsLog && messages.Items[0].Offset != _news[^1].Offset + 1)))
        {
            FanOut();
        }

        _newsEpoch = messages.Epoch;
        _news.AddRange(messages.Items);
    }

    private void Hear(ChannelNews news)
    {
        switch (news)
        {
            case ChannelNews.Head head when head.Position != _head:
                MoveHead(head.Position);
                break;
            case ChannelNews.Presence presence:
                HearPresence(presence);
                break;
            case ChannelNews.Forgotten:
                _listening = false;
                if (_subscribers.Count > 0)
                {
                    Listen();
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The head is known to be elsewhere: whoever believed to be live and is not there reads on.</summary>
    private void MoveHead(StreamPosition head)
    {
        _head = head;
        for (var i = 0; i < _subscribers.Count; i++)
        {
            var subscriber = _subscribers[i];
            if (subscriber.Cursor.Mode is CursorMode.Live && !subscriber.Cursor.TryGoLive(head))
            {
                subscriber.Cursor.CatchUp();
                ReadOn(subscriber);
            }
        }
    }

    private void Listen() => Ask(new ChannelRequest.Listen(_services.Self, ++_generation), new Question.Listening(_generation));

    private void Ask(ChannelRequest request, Question question)
    {
        question.AskedAt = _services.Time.GetTimestamp();
        var tag = ++_lastTag;
        _questions.Add(tag, question);
        _services.Cluster.Ask(EntityAddress.Of(_name), request, this, tag);
        StartTicking();
    }

    private void StartTicking()
    {
        if (!_ticking)
        {
            _ticking = true;
            _services.Timers.Schedule(TimeSpan.FromSeconds(1), this, 0);
        }
    }
}
