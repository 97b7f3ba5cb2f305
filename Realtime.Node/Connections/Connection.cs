using Realtime.Cluster.Kernel;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Node.Connections.Core;

namespace Realtime.Node.Connections;

/// <summary>The shell of a connection: takes what the transport reads, steps the machine, does what it says.</summary>
internal sealed class Connection : Actor<ConnectionInput>, IReplyReceiver, IOutboundOwner, ISubscriptionOwner, IClientConnection
{
    /// <summary>Frames that may wait in the mailbox before the transport stops reading: back-pressure on a client that floods.</summary>
    private const int ReadAhead = 128;

    private readonly ConnectionServices _services;
    private readonly IClientLink _link;
    private readonly Outbound _outbound;
    private readonly ConnectionMachine _machine;
    private readonly ConnectionMeter _meter;
    private readonly SubscriberList _subscribers = new();
    private EntityAddress _session;
    private SessionId _addressed;

    /// <summary>The key of <see cref="_session"/>, for other threads: the address itself is two words, and might be seen half old.</summary>
    private volatile string? _sessionKey;
    private TaskCompletionSource? _readOn;
    private TrafficTimes _traffic;
    private long _due;
    private long _tokenEnds = long.MaxValue;
    private int _unhandled;
    private SessionId _stoodFor;
    private volatile bool _welcomed;

    public Connection(ConnectionId id, IClientLink link, ConnectionServices services, bool claimsResume, ClientAddress address)
    {
        Id = id;
        _link = link;
        _services = services;
        _meter = new ConnectionMeter(services, link.Codec.Subprotocol);
        _outbound = new Outbound(link, services.Setup.Policy.QueueBytes, this);
        _machine = new ConnectionMachine(services.Setup, id, services.MintSession(), services.Now(), claimsResume, address);
        _due = _machine.Due;
        _traffic = new TrafficTimes(services.Now().Ticks);
    }

    public ConnectionId Id { get; }

    public bool IsGone => IsStopped;

    /// <summary>Bytes that wait to be written to the client.</summary>
    public long QueuedBytes => _outbound.QueuedBytes;

    /// <summary>Largest transport message the peer may send now, bytes.</summary>
    public int MessageLimit => _welcomed ? _services.Setup.Policy.Limits.FrameBytes : _services.Setup.Policy.HelloBytes;

    /// <summary>The session it stands for; none before the welcome and after the goodbye.</summary>
    public SessionId Session => _welcomed ? _stoodFor : default;

    /// <summary>Bytes came, which need not be a whole message. Called by the reader only.</summary>
    public void Hear(int bytes) => _traffic.Hear(bytes);

    /// <summary>Takes one transport message; completes when the next one may be read.</summary>
    /// <returns>False when the message broke the protocol: there is no use in reading on.</returns>
    public async ValueTask<bool> ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        _meter.Received(message.Length);
        var frames = new List<ClientFrame>(1);
        if (_link.Codec.Read(message, frames) is { } fault)
        {
            Dismiss(fault.Code);
            return false;
        }

        Interlocked.Add(ref _unhandled, frames.Count);
        foreach (var frame in frames)
        {
            Tell(new ConnectionInput.Came(frame));
        }

        if (Volatile.Read(ref _unhandled) > ReadAhead)
        {
            var readOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Exchange(ref _readOn, readOn);
            if (Volatile.Read(ref _unhandled) > ReadAhead && !IsStopped)
            {
                await readOn.Task.ConfigureAwait(false);
            }
        }

        return true;
    }

    public void Dismiss(CloseCode code) => Tell(new ConnectionInput.Dismissed(code));

    public void Move(ServerFrame.Move notice) => Tell(new ConnectionInput.MoveAsked(notice));

    public void LinkLost(bool byPeer = false) => Tell(new ConnectionInput.LinkLost(byPeer));

    /// <summary>Looks at the clock if it is time to.</summary>
    /// <returns>What stands in it.</returns>
    public (int Subscribers, int Behind, long Queued) Sweep(Moment now)
    {
        _meter.Sent(_outbound.SentBytes);
        var sending = _outbound.IsSending;
        _traffic.Look(now.Ticks, _outbound.SentBytes);
        if (sending || now.Ticks >= Volatile.Read(ref _due) || now.Wall.ToUnixTimeMilliseconds() >= Volatile.Read(ref _tokenEnds))
        {
            Tell(new ConnectionInput.Sweep(_traffic.Seen(sending, _link.Measure())));
        }

        var (all, behind) = _subscribers.Count();
        return (all, behind, _outbound.Waiting);
    }

    /// <summary>Whether its session lives in one of these shards; asked from any thread.</summary>
    public bool IsConcernedBy(OwnersChange change) =>
        _sessionKey is { } key && change.Concerns(new EntityAddress(EntityKind.Session, key));

    public void OwnerMoved() => Tell(new ConnectionInput.OwnerMoved());

    public void OnReply(long tag, EntityReply reply)
    {
        if (!Tell(new ConnectionInput.Replied(tag, reply)))
        {
            LetGo(tag, reply);
        }
    }

    public void OnJoined(Subscriber subscriber, SubscriptionInfo info) => Tell(new ConnectionInput.Joined(subscriber.Channel, info));

    public void OnJoinRefused(Subscriber subscriber, EntityReply.Refused refusal) =>
        Tell(new ConnectionInput.JoinRefused(subscriber.Channel, refusal));

    public void OnLeft(Subscriber subscriber) => Tell(new ConnectionInput.Left(subscriber.Channel));

    public void OnDescribed(Subscriber subscriber, SubscriptionInfo info, long tag) => Tell(new ConnectionInput.Described(tag, info));

    public void OnTooSlow() => Tell(new ConnectionInput.TooSlow());

    public void OnRoom()
    {
        Tell(new ConnectionInput.Room());
        Array.ForEach(Subscribers(), subscriber => _services.Relay.Tell(subscriber.Channel, new FeedInput.Room(subscriber)));
    }

    /// <summary>As they are now; asked from any thread.</summary>
    public Subscriber[] Subscribers() => _subscribers.ToArray();

    public void OnFlushed(CloseCode code, string reason)
    {
        _services.Log.ConnectionClosed(Id.Value, (int)code, reason);
        _ = _link.CloseAsync(code, reason).AsTask();
    }

    public void OnSendFailed(Exception failure) => _services.Log.SendFailed(Id.Value, failure);

    protected override void Receive(ConnectionInput input)
    {
        var effects = new List<ConnectionEffect>(2);
        _meter.Taking(input);
        _machine.Step(input, _services.Now(), effects);
        if (input is ConnectionInput.Came && Interlocked.Decrement(ref _unhandled) <= ReadAhead / 2)
        {
            Interlocked.Exchange(ref _readOn, null)?.TrySetResult();
        }

        foreach (var effect in effects)
        {
            Do(_meter.Doing(effect));
        }

        if (!_welcomed && _machine.IsWelcomed)
        {
            // Before the flag, which others read first: a session's id is too large to be written at once.
            _stoodFor = _machine.Session;
        }

        _welcomed = _machine.IsWelcomed;
        Volatile.Write(ref _due, _machine.Due);
        Volatile.Write(ref _tokenEnds, _machine.TokenEnds);
    }

    protected override Supervision Supervise(Exception failure)
    {
        _services.Log.ConnectionFailed(Id.Value, failure);
        return Supervision.Stop;
    }

    protected override void Undelivered(ConnectionInput message)
    {
        if (message is ConnectionInput.Replied replied)
        {
            LetGo(replied.Tag, replied.Reply);
        }
    }

    protected override void Stopped(Exception? failure)
    {
        if (failure is not null)
        {
            _subscribers.ForEach(subscriber => _services.Relay.Tell(subscriber.Channel, new FeedInput.Leave(subscriber)));
            _link.Abort();
        }

        _machine.Left(_services.Now());
        _outbound.Drop();
        Interlocked.Exchange(ref _readOn, null)?.TrySetResult();
        _meter.Stopped(_outbound.SentBytes);
        _services.Closed(this);
    }

    private void Do(ConnectionEffect effect)
    {
        switch (effect)
        {
            case ConnectionEffect.Send send:
                if (!_outbound.EnqueueControl(EncodedFrames.Of(_link.Codec, send.Frame)))
                {
                    OnTooSlow();
                }

                break;
            case ConnectionEffect.AskSession ask:
                _services.Cluster.Ask(AddressOf(ask.Session), ask.Request, this, ask.Tag);
                break;
            case ConnectionEffect.TellSession { Request: SessionRequest.Detach detach } tell:
                // The last word, and nobody is left here to repeat it.
                _services.Departures.Leave(AddressOf(tell.Session), detach);
                break;
            case ConnectionEffect.TellSession tell:
                _services.Cluster.Tell(AddressOf(tell.Session), tell.Request);
                break;
            case ConnectionEffect.AskChannel ask:
                _services.Cluster.Ask(EntityAddress.Of(ask.Channel), ask.Request, this, ask.Tag);
                break;
            case ConnectionEffect.AwaitRoom:
                if (_outbound.AwaitRoom())
                {
                    Tell(new ConnectionInput.Room());
                }

                break;
            case ConnectionEffect.Join join:
                Join(join);
                break;
            case ConnectionEffect.Begin begin when _subscribers.Find(begin.Channel) is { } subscriber:
                _services.Relay.Tell(begin.Channel, new FeedInput.Begin(subscriber, begin.WithRoster));
                break;
            case ConnectionEffect.Leave leave when _subscribers.Find(leave.Channel) is { } subscriber:
                _subscribers.Remove(subscriber);
                if (!_services.Relay.Tell(leave.Channel, new FeedInput.Leave(subscriber)))
                {
                    OnLeft(subscriber);
                }

                break;
            case ConnectionEffect.Describe describe when _subscribers.Find(describe.Channel) is { } subscriber:
                _services.Relay.Tell(describe.Channel, new FeedInput.Describe(subscriber, describe.Tag));
                break;
            case ConnectionEffect.SendRoster roster when _subscribers.Find(roster.Channel) is { } subscriber:
                _services.Relay.Tell(roster.Channel, new FeedInput.SendRoster(subscriber));
                break;
            case ConnectionEffect.Close close:
                _outbound.Close(EncodedFrames.Of(_link.Codec, close.Goodbye), close.Goodbye.Code, close.Goodbye.Reason);
                break;
            case ConnectionEffect.Abort:
                _link.Abort();
                break;
            case ConnectionEffect.Finish:
                Stop();
                break;
            default:
                break;
        }
    }

    /// <summary>The session was attached to a connection that is gone: without this word it would wait for it for ever.</summary>
    private void LetGo(long tag, EntityReply reply)
    {
        if (reply is SessionReply.Attached attached)
        {
            _services.Departures.Leave(_session, new SessionRequest.Detach(attached.Attachment));
        }
        else if (reply is SessionReply.Done && Holding.IsTag(tag))
        {
            // Its owner may have been told that the connection is gone before it was told that it stands for it.
            _services.Departures.Leave(_session, new SessionRequest.Detach(_machine.Attachment));
        }
    }

    private void Join(ConnectionEffect.Join join)
    {
        var keepsLog = _services.Setup.Namespaces.Of(join.Channel).KeepsLog;
        var subscriber = new Subscriber(join.Channel, join.Session, keepsLog, _outbound, _link.Codec, this)
        {
            Wish = join.From,
            Figures = _services.Figures,
        };
        _subscribers.Put(subscriber);
        _services.Relay.Join(subscriber);
    }

    private EntityAddress AddressOf(SessionId session)
    {
        if (_session.Key is null || session != _addressed)
        {
            _session = EntityAddress.Of(session);
            _addressed = session;
            _sessionKey = _session.Key;
        }

        return _session;
    }
}
