using Realtime.Cluster.Kernel;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// A connection, as a pure machine: hello, requests, liveness, goodbye. Channel content does not pass through here; it goes from a
/// channel's feed straight to the connection's queue.
/// </summary>
public sealed class ConnectionMachine
{
    /// <summary>Requests that got no answer for this long are answered with <c>timeout</c>, milliseconds.</summary>
    public const long RequestTimeout = 15_000;

    /// <summary>How long a dismissed connection may still wait for answers to what it has accepted, milliseconds.</summary>
    public const long LastAnswers = 2_000;

    /// <summary>Frames over the rate before the connection is closed as a flood.</summary>
    public const int FloodAfter = 1_000;

    private readonly ConnectionContext _context;
    private readonly RequestHandler _requests;
    private readonly SubscriptionHandler _subscriptions;
    private Greeting? _greeting;
    private Queue<ClientFrame>? _early;
    private RequestRate _rate;
    private Liveness _liveness;
    private CloseCode? _closing;
    private readonly long _opened;
    private long _helloFrom;
    private long _closeBy = long.MaxValue;
    private readonly bool _claimsResume;
    private Phase _phase = Phase.AwaitingHello;

    /// <param name="fresh">An unguessable id for the session this connection may open.</param>
    /// <param name="claimsResume">It was let in as one that comes back: its hello has to bear that out.</param>
    public ConnectionMachine(ConnectionSetup setup, ConnectionId id, SessionId fresh, Moment now, bool claimsResume = false, ClientAddress address = default)
    {
        _claimsResume = claimsResume;
        var policy = setup.Policy;
        _context = new ConnectionContext(setup, id, address);
        _requests = new RequestHandler(_context);
        _subscriptions = new SubscriptionHandler(_context, _requests);
        _greeting = new Greeting(_context, fresh);
        _rate = new RequestRate(policy.RequestRate, policy.RequestBurst, FloodAfter);
        _opened = _helloFrom = now.Ticks;
        _liveness = new Liveness(
            (long)policy.PingEvery.TotalMilliseconds, (long)policy.PingTimeout.TotalMilliseconds,
            (long)policy.StallTimeout.TotalMilliseconds, now.Ticks);
    }

    private long HelloTimeout => (long)_context.Setup.Policy.HelloTimeout.TotalMilliseconds;

    private enum Phase
    {
        AwaitingHello,

        /// <summary>Frames with more of the hello's positions follow.</summary>
        HelloComing,
        Greeting,
        Open,
        Closing,
        Closed,
        Finished,
    }

    public SessionId Session => _context.Session;

    public AttachNumber Attachment => _context.Attachment;

    public bool IsWelcomed => _phase is Phase.Open;

    /// <summary>When a <see cref="ConnectionInput.Sweep"/> is due at the latest, monotonic milliseconds.</summary>
    public long Due => _phase switch
    {
        Phase.AwaitingHello or Phase.HelloComing => Math.Min(_helloFrom + HelloTimeout, _opened + (HelloTimeout * ConnectionPolicy.HelloFrames)),
        Phase.Closing or Phase.Closed => _closeBy,
        Phase.Finished => long.MaxValue,
        Phase.Greeting => Math.Min(_liveness.Due, _context.Now.Ticks + 1000),
        _ => Math.Min(
            _context.OpenCount > 0 ? Math.Min(_liveness.Due, _context.Now.Ticks + 1000) : _liveness.Due, _context.Holding?.Due ?? long.MaxValue),
    };

    /// <summary>From when on the token does not count, milliseconds since 1970; a <see cref="ConnectionInput.Sweep"/> is due then too.</summary>
    public long TokenEnds => _phase is Phase.Greeting or Phase.Open ? _context.Identity?.Expires ?? long.MaxValue : long.MaxValue;

    public void Step(ConnectionInput input, Moment now, List<ConnectionEffect> effects)
    {
        _context.Now = now;
        _context.Effects = effects;
        switch (input)
        {
            case ConnectionInput.Came came:
                _liveness.Received(now.Ticks);
                Came(came.Frame);
                break;
            case ConnectionInput.Replied replied:
                Replied(replied.Tag, replied.Reply);
                break;
            case ConnectionInput.Joined joined when _phase is Phase.Greeting && Joining(joined.Channel) is { } subscription:
                Welcomed(_greeting!.Joined(subscription, joined.Info));
                break;
            case ConnectionInput.Joined joined when _phase is Phase.Open && Joining(joined.Channel) is { } subscription:
                _subscriptions.Joined(subscription, joined.Info);
                break;
            case ConnectionInput.JoinRefused refused when _phase is Phase.Greeting && Joining(refused.Channel) is { } subscription:
                Welcomed(_greeting!.JoinRefused(subscription, refused.Refusal));
                break;
            case ConnectionInput.JoinRefused refused when _phase is Phase.Open && Joining(refused.Channel) is { } subscription:
                _subscriptions.JoinRefused(subscription, refused.Refusal);
                break;
            case ConnectionInput.Left left when _phase is Phase.Open && _context.Find(left.Channel) is { } subscription:
                _subscriptions.Left(subscription);
                break;
            case ConnectionInput.Described described when _context.Open.Remove(described.Tag, out var request):
                _subscriptions.Described(request, described.Info);
                break;
            case ConnectionInput.Dismissed dismissed:
                BeginClose(dismissed.Code);
                break;
            case ConnectionInput.MoveAsked asked when _phase is Phase.Open:
                _context.Send(asked.Notice);
                break;
            case ConnectionInput.Room when _phase is Phase.Open or Phase.Closing:
                _requests.Room();
                break;
            case ConnectionInput.TooSlow:
                Close(CloseCode.TooSlow);
                break;
            case ConnectionInput.Sweep sweep:
                Sweep(sweep.Traffic);
                break;
            case ConnectionInput.LinkLost lost:
                Finish(lost.ByPeer);
                break;
            case ConnectionInput.OwnerMoved when _phase is Phase.Greeting && !_greeting!.IsAttached:
                _greeting.AskAgain();
                break;
            case ConnectionInput.OwnerMoved when _phase is Phase.Greeting or Phase.Open:
                _context.Hold();
                break;
            default:
                break;
        }

        if (_phase is Phase.Closing && _context.OpenCount == 0)
        {
            Close(_closing!.Value);
        }
    }

    /// <summary>The connection is over, however it ended: what its session keeps is not its own any more.</summary>
    public void Left(Moment now) => _context.Anonymous?.Leave(now.Ticks);

    private void Came(ClientFrame frame)
    {
        if (_phase is not (Phase.AwaitingHello or Phase.HelloComing or Phase.Greeting or Phase.Open))
        {
            return;
        }

        if (!_rate.TryTake(_context.Now.Ticks))
        {
            OverRate(frame);
            return;
        }

        switch (_phase, frame)
        {
            case (Phase.AwaitingHello, ClientFrame.Hello hello) when _claimsResume && !_context.Setup.AdmitsAfterAll(hello.Session):
                Close(CloseCode.Overloaded);
                break;
            case (Phase.AwaitingHello, ClientFrame.Hello hello):
                Heard(_greeting!.Hello(hello));
                break;
            case (Phase.HelloComing, ClientFrame.MorePositions rest):
                Heard(_greeting!.Add(rest.Positions, rest.More));
                break;
            case (Phase.HelloComing, ClientFrame.Malformed malformed):
                _context.Refuse(_greeting!.Id, malformed.Code, malformed.Message);
                Close(CloseCode.HelloExpected);
                break;
            case (Phase.AwaitingHello, ClientFrame.Malformed malformed):
                _context.Refuse(malformed.Id, malformed.Code, malformed.Message);
                Close(CloseCode.HelloExpected);
                break;
            case (Phase.AwaitingHello or Phase.HelloComing, _):
            case (_, ClientFrame.Hello):
                Close(CloseCode.HelloExpected);
                break;
            case (Phase.Greeting, _) when _early is { } waiting && waiting.Count >= _context.Setup.Policy.OpenRequests:
                _context.Refuse(frame.Id, ErrorCode.TooMany, "wait for the welcome", 100);
                break;
            case (Phase.Greeting, _):
                (_early ??= new Queue<ClientFrame>()).Enqueue(frame);
                break;
            default:
                Handle(frame);
                break;
        }
    }

    /// <summary>A frame of the hello was taken.</summary>
    private void Heard(CloseCode? refusal)
    {
        _helloFrom = _context.Now.Ticks;
        _phase = _greeting!.IsComplete ? Phase.Greeting : Phase.HelloComing;
        CloseIf(refusal);
    }

    private void Handle(ClientFrame frame)
    {
        switch (frame)
        {
            case ClientFrame.Subscribe subscribe:
                _subscriptions.Handle(subscribe, subscribe.Request.Channel);
                break;
            case ClientFrame.Unsubscribe unsubscribe:
                _subscriptions.Handle(unsubscribe, unsubscribe.Channel);
                break;
            case ClientFrame.Bye bye:
                if (_context.Anonymous is { } counted)
                {
                    counted.IsEnding = true;
                }

                _context.Effects.Add(new ConnectionEffect.AskSession(
                    _context.Session, new SessionRequest.End(_context.Attachment), _requests.Track(bye.Id, RequestKind.End)));
                BeginClose(CloseCode.Ended);
                break;
            default:
                _requests.Handle(frame);
                break;
        }
    }

    private void OverRate(ClientFrame frame)
    {
        if (_rate.Refuse(_context.Now.Ticks) is not { } retryAfter)
        {
            Close(CloseCode.Flood);
        }
        else if (frame.Id != 0)
        {
            _context.Refuse(frame.Id, ErrorCode.RateLimited, "too many requests per second", retryAfter);
        }
    }

    private void Replied(long tag, EntityReply reply)
    {
        var isLate = _phase is not (Phase.Greeting or Phase.Open);
        if (tag is Greeting.ResumeTag or Greeting.OpenTag || (isLate && reply is SessionReply.Attached))
        {
            Attached(tag, reply);
        }
        else if (Holding.IsTag(tag))
        {
            if (!isLate && _context.Holding?.Answered(tag, reply) is { } code)
            {
                BeginClose(code);
            }
        }
        else if (_context.Open.Remove(tag, out var request))
        {
            _requests.Answer(request, reply);
            _requests.Next();
            if (reply is SessionReply.Stale or SessionReply.Unknown && _phase is Phase.Open && _context.Holding is not { IsUnderWay: true })
            {
                // It was taken over and did not hear of it, or its owner does not know it: the session says which.
                _context.Hold();
            }
        }
    }

    private void Attached(long tag, EntityReply reply)
    {
        if (_phase is Phase.Greeting && _greeting!.Awaits(tag))
        {
            CloseIf(_greeting.Attached(reply));
            Welcomed(_context.Effects.Exists(effect => effect is ConnectionEffect.Send { Frame: ServerFrame.Welcome }));
        }
        else if (reply is SessionReply.Attached attached && attached.Attachment > _context.Attachment)
        {
            if (_phase is Phase.Greeting or Phase.Open)
            {
                // The question was asked again, of an owner that did not know of the first answer.
                _context.Attachment = attached.Attachment;
            }
            else
            {
                // It closed before it was attached: let go at once, or the session would wait for nobody.
                _context.TellSession(new SessionRequest.Detach(attached.Attachment));
            }
        }
    }

    private ConnectionSubscription? Joining(ChannelName channel) =>
        _context.Find(channel) is { Stage: SubscriptionStage.Joining } subscription ? subscription : null;

    private void Welcomed(bool complete)
    {
        if (!complete)
        {
            return;
        }

        _phase = Phase.Open;
        _greeting = null;
        var early = _early;
        _early = null;
        while (early is { Count: > 0 } && _phase is Phase.Open)
        {
            Handle(early.Dequeue());
        }
    }

    private void Sweep(TrafficSnapshot traffic)
    {
        var now = _context.Now.Ticks;
        switch (_phase)
        {
            case Phase.AwaitingHello or Phase.HelloComing when now >= Due:
                Close(CloseCode.HelloTimeout);
                return;
            case Phase.Closing when now >= _closeBy:
                Close(_closing!.Value);
                return;
            case Phase.Closed when now >= _closeBy:
                _closeBy = long.MaxValue;
                _context.Effects.Add(new ConnectionEffect.Abort());
                return;
            case Phase.Greeting or Phase.Open:
                break;
            default:
                return;
        }

        if (_phase is Phase.Greeting && now - _helloFrom >= RequestTimeout)
        {
            Close(CloseCode.SessionUnavailable);
            return;
        }

        _greeting?.Sweep();
        if (_context.Holding?.Sweep() is { } unheld)
        {
            BeginClose(unheld);
            return;
        }

        foreach (var late in _context.OpenCount > 0 ? _context.Open.RemoveOlderThan(now - RequestTimeout) : [])
        {
            _requests.TimeOut(late);
        }

        _requests.Next();
        if (_context.Now.Wall.ToUnixTimeMilliseconds() >= TokenEnds)
        {
            Close(CloseCode.TokenExpired);
            return;
        }

        switch (_liveness.Sweep(now, traffic))
        {
            case LivenessVerdict.Ping:
                _context.Send(new ServerFrame.Ping());
                break;
            case LivenessVerdict.Silent:
                Close(CloseCode.Silent);
                break;
            case LivenessVerdict.Stalled:
                Close(CloseCode.TooSlow);
                _context.Effects.Add(new ConnectionEffect.Abort());
                break;
            default:
                break;
        }
    }

    private void CloseIf(CloseCode? code)
    {
        if (code is { } given)
        {
            Close(given);
        }
    }

    /// <summary>Takes nothing more, waits for the answers to what was accepted, then closes.</summary>
    private void BeginClose(CloseCode code)
    {
        if (_phase is Phase.Open)
        {
            _phase = Phase.Closing;
            _closing = code;
            _closeBy = _context.Now.Ticks + LastAnswers;
        }
        else
        {
            Close(code);
        }
    }

    private void Close(CloseCode code)
    {
        if (_phase is Phase.Closed or Phase.Finished)
        {
            return;
        }

        _subscriptions.LeaveAll();
        _closing = code;
        _phase = Phase.Closed;
        _closeBy = _context.Now.Ticks + (long)_context.Setup.Policy.CloseTimeout.TotalMilliseconds;
        _context.Effects.Add(new ConnectionEffect.Close(Goodbyes.Of(code, _context.Setup.CrashWindow)));
    }

    private void Finish(bool byPeer)
    {
        if (_phase is Phase.Finished)
        {
            return;
        }

        _subscriptions.LeaveAll();
        _phase = Phase.Finished;
        if (_context.Attachment != default)
        {
            // What this side began comes first: the peer's close is the answer to it.
            _context.TellSession(new SessionRequest.Detach(_context.Attachment) { Why = _closing ?? (byPeer ? CloseCode.Normal : null) });
        }

        _context.Effects.Add(new ConnectionEffect.Finish());
    }
}
