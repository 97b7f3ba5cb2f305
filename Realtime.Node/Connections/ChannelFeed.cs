using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Node.Connections;

/// <summary>
/// One channel's subscribers on this node: takes one copy of each message from the channel's owner and gives it to them. A subscriber
/// that is not at the head, because it joins, resumes, lagged or a message was lost on the way, reads pages of the log until it meets
/// the head; that is the only way of recovery there is.
/// </summary>
internal sealed class ChannelFeed : Actor<FeedInput>, IReplyReceiver, ITimerTarget
{
    /// <summary>Seconds without a subscriber after which a feed ends: long enough for a reload.</summary>
    private const int IdleTicksBeforeStop = 10;

    private readonly ChannelName _name;
    private readonly RelayServices _services;
    private readonly FeedSubscribers _here = new();
    private readonly FeedQuestions _questions;
    private readonly FeedMeter _meter;
    private readonly FeedDelivery _delivery;
    private readonly FeedRoster? _roster;
    private readonly FeedEntrance _entrance;
    private List<Subscriber> _early = [];
    private bool _ticking;
    private int _idleTicks;

    public ChannelFeed(ChannelName name, NamespacePolicy space, RelayServices services)
    {
        _name = name;
        _services = services;
        _questions = new FeedQuestions(name, services, this);
        _meter = new FeedMeter(space.Name, services);
        _delivery = new FeedDelivery(name, space, _here.All, _questions, _meter);
        _roster = space.Presence ? new FeedRoster(name, space.RosterLimit, _here.All, services) : null;
        Interest = new FeedInterest(name, space.KeepsLog, _questions, _roster);
        _entrance = new FeedEntrance(name, space, _questions, _delivery, _roster);
    }

    public FeedInterest Interest { get; }

    public SubscriberCount Count => _here.Count;

    public void OnReply(long tag, EntityReply reply) => Tell(new FeedInput.Replied(tag, reply));

    public void OnTimer(int tag) => Tell(new FeedInput.Tick());

    protected override void Receive(FeedInput input)
    {
        if (input is FeedInput.News { Item: ChannelNews.Messages messages } && Interest.Believes(messages.Epoch, _delivery.Head))
        {
            _delivery.Gather(messages);
            return;
        }

        _delivery.FanOut();
        Handle(input);
        KeepTicking();
    }

    protected override void TurnEnded()
    {
        _delivery.FanOut();
        KeepTicking();
    }

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
        else if (message is FeedInput.Inspect inspect)
        {
            inspect.Answer.TrySetResult(null);
        }
    }

    protected override void Stopped(Exception? failure)
    {
        if (failure is not null)
        {
            _services.Log.FeedFailed(failure);
            _services.Forget(_name, this);
        }

        // Their connections resume from their positions; to leave them attached to nothing would be silence.
        foreach (var subscriber in _here.All)
        {
            subscriber.Owner.OnTooSlow();
        }
    }

    private void Handle(FeedInput input)
    {
        switch (input)
        {
            case FeedInput.Join join:
                Join(join.Subscriber);
                break;
            case FeedInput.Begin begin:
                _entrance.Begin(begin);
                break;
            case FeedInput.Leave leave:
                Leave(leave.Subscriber);
                break;
            case FeedInput.Describe describe:
                describe.Subscriber.Owner.OnDescribed(describe.Subscriber, _entrance.Describe(describe.Subscriber), describe.Tag);
                break;
            case FeedInput.SendRoster send when send.Subscriber.Index >= 0:
                _roster?.SendAnew(send.Subscriber);
                break;
            case FeedInput.Inspect inspect:
                inspect.Answer.TrySetResult(_entrance.AccountOf(inspect.Subscriber));
                break;
            case FeedInput.Room room when room.Subscriber.Index >= 0:
                Refill(room.Subscriber);
                break;
            case FeedInput.Replied replied when _questions.TryTake(replied.Tag, out var question):
                Answered(question, replied.Reply);
                break;
            case FeedInput.News news:
                Hear(news.Item);
                break;
            case FeedInput.Tick:
                Tick();
                break;
            case FeedInput.OwnerInDoubt:
                Interest.AnnounceAgain(_here.All.Count > 0);
                break;
            default:
                break;
        }
    }

    private void Join(Subscriber subscriber)
    {
        _here.Add(subscriber);
        subscriber.Meter = _meter;
        if (!Interest.IsKnown)
        {
            _early.Add(subscriber);
            Interest.Announce();
            return;
        }

        _entrance.Place(subscriber);
    }

    private void Leave(Subscriber subscriber)
    {
        if (subscriber.Index >= 0)
        {
            _here.Remove(subscriber);
            _early.Remove(subscriber);
        }

        subscriber.Owner.OnLeft(subscriber);
    }

    private void Refuse(Subscriber subscriber, EntityReply.Refused refused)
    {
        _here.Remove(subscriber);
        subscriber.Owner.OnJoinRefused(subscriber, refused);
    }

    private void Refill(Subscriber subscriber)
    {
        _delivery.Refill(subscriber);
        _roster?.Refill(subscriber);
    }

    private void Hear(ChannelNews news)
    {
        switch (news)
        {
            case ChannelNews.Messages:
            case ChannelNews.Head doubtful when !Interest.Believes(doubtful.Position.Epoch, _delivery.Head):
            case ChannelNews.Presence presence when _roster is not null && !_roster.TryHear(presence):
                // Something was missed, or told by somebody who is not the owner announced to: the answer says how things stand.
                Interest.Announce();
                break;
            case ChannelNews.Head head when head.Position.Epoch == _delivery.Head.Epoch && head.Position.Offset > _delivery.Head.Offset:
                _delivery.MoveHead(head.Position);
                break;
            case ChannelNews.Forgotten:
                Interest.AnnounceAgain(_here.All.Count > 0);
                break;
            default:
                break;
        }
    }

    private void Answered(FeedQuestion question, EntityReply reply)
    {
        switch (question, reply)
        {
            case (FeedQuestion.Listening asked, ChannelReply.Listening listening) when asked.Generation == _questions.Generation:
                Listening(asked.Generation, listening);
                break;
            case (FeedQuestion.Listening asked, EntityReply.Refused refused) when asked.Generation == _questions.Generation:
                RefuseEarly(refused);
                break;
            case (FeedQuestion.Where where, ChannelReply.Located located) when where.Subscriber.Index >= 0:
                _entrance.Placed(where.Subscriber, located.Position, located.Recovered, located.Gap);
                break;
            case (FeedQuestion.Where where, EntityReply.Refused refused) when where.Subscriber.Index >= 0:
                Refuse(where.Subscriber, refused);
                break;
            case (FeedQuestion.Page page, ChannelReply.Page answer):
                _delivery.Turn(page, answer);
                break;
            case (FeedQuestion.Page page, EntityReply.Refused):
                // The store cannot be read now. Asked again at the next tick; the readers keep their positions.
                _questions.PutOff(page);
                break;
            default:
                break;
        }
    }

    private void Listening(long generation, ChannelReply.Listening listening)
    {
        Interest.Confirm(generation);
        if (listening.Presence is { } presence)
        {
            _roster?.Reset(presence);
        }

        var early = _early;
        _early = [];
        _delivery.MoveHead(listening.Head);
        early.ForEach(_entrance.Place);
    }

    /// <summary>Others may be live from before the channel was forgotten: for them it is tried again at the next tick.</summary>
    private void RefuseEarly(EntityReply.Refused refused)
    {
        var early = _early;
        _early = [];
        early.ForEach(subscriber => Refuse(subscriber, refused));
    }

    private void Tick()
    {
        _ticking = false;
        foreach (var question in _questions.TakeLate())
        {
            AskAgain(question);
        }

        Interest.AnnounceIfUnknown(_here.All.Count > 0);
        _roster?.Tick();
        _idleTicks = _here.All.Count == 0 ? _idleTicks + 1 : 0;
        if (_idleTicks >= IdleTicksBeforeStop)
        {
            _services.Cluster.Tell(EntityAddress.Of(_name), new ChannelRequest.Unlisten(_services.Self, _questions.Generation));
            _services.Forget(_name, this);
            Stop();
        }
    }

    private void AskAgain(FeedQuestion question)
    {
        switch (question)
        {
            case FeedQuestion.Listening:
                Interest.Announce();
                break;
            case FeedQuestion.Where where when where.Subscriber.Index >= 0:
                Refuse(where.Subscriber, new EntityReply.Refused(ErrorCode.Timeout, "the channel gave no answer in time", 1000));
                break;
            case FeedQuestion.Page page:
                _delivery.ReadAgain(page);
                break;
            default:
                break;
        }
    }

    /// <summary>A feed looks at the clock only while it waits for something: a quiet channel with subscribers costs nothing.</summary>
    private void KeepTicking()
    {
        var waits = _questions.Count > 0 || _here.All.Count == 0 || !Interest.IsKnown || _roster is { IsWaiting: true };
        if (waits && !_ticking && !IsStopped)
        {
            _ticking = true;
            _services.Timers.Schedule(TimeSpan.FromSeconds(1), this, 0);
        }
    }
}
