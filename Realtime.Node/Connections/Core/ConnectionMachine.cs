using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;

namespace Realtime.Node.Connections.Core;

/// <summary>
/// A connection, as a pure machine: hello, requests, liveness, goodbye. Channel content does not pass through here; it goes from a
/// channel's feed straight to the connection's queue.
/// </summary>
public sealed class ConnectionMachine
{
    /// <summary>Requests that got no answer for this long are answered with <c>timeout</c>, milliseconds.</summary>
    public const long RequestTimeout = 15_000;

    /// <summary>How long a connection that is to be closed may still wait for answers to what it has accepted, milliseconds.</summary>
    public const long LastAnswers = 2_000;

    /// <summary>How often requests are looked at for their timeout, milliseconds.</summary>
    private const long TimeoutLook = 1_000;

    private readonly ConnectionContext _context;
    private readonly SessionOutbox _session;
    private readonly OpenQuestions _questions;
    private readonly SubscriptionHandler _subscriptions;
    private readonly SubscriptionWatch _watch;
    private readonly RequestHandler _requests;
    private readonly FeedAnswers _feeds;
    private readonly bool _claimsResume;
    private readonly long _opened;
    private long _lookAt = long.MaxValue;
    private Handshake? _handshake;
    private Liveness _liveness;
    private ConnectionPhase _phase = ConnectionPhase.AwaitingHello;
    private CloseCode? _closing;
    private long _helloFrom;
    private long _closeBy = long.MaxValue;

    /// <param name="fresh">An unguessable id for the session that this connection may open.</param>
    /// <param name="claimsResume">It was let in as one that comes back: its hello has to bear that out.</param>
    /// <param name="quota">Of its address; null: that is not limited.</param>
    internal ConnectionMachine(
        ConnectionSetup setup, ConnectionId id, SessionId fresh, Moment now, bool claimsResume, ClientAddress address, IQuota? quota = null)
    {
        var policy = setup.Policy;
        _context = new ConnectionContext(setup, id, address, quota);
        _session = new SessionOutbox(_context);
        var reads = new ReadOutbox(_context);
        _questions = new OpenQuestions(_context);
        _subscriptions = new SubscriptionHandler(_context, _session, reads, _questions);
        _watch = new SubscriptionWatch(_context, _session);
        _requests = new RequestHandler(_context, _session, new PublishOutbox(_context), reads, _subscriptions, _watch, _questions);
        _subscriptions.Settled = _requests.Continue;
        _feeds = new FeedAnswers(_context, _subscriptions, _requests, _watch);
        _handshake = new Handshake(_context, _session, _questions, fresh);
        _claimsResume = claimsResume;
        _opened = _helloFrom = now.Ticks;
        _liveness = Liveness.By(policy, now.Ticks);
    }

    /// <summary>The session that it is attached to, or asks to hold.</summary>
    public SessionId Session => _context.Session;

    /// <summary>Null: of no user.</summary>
    public SessionIdentity? Identity => _context.Identity;

    /// <summary>As its session gave it.</summary>
    public Attachment Attachment => _context.Attachment;

    /// <summary>The session has taken the connection, as far as is known here.</summary>
    public bool IsAttached => _session.State is SessionState.Attached;

    public bool IsStopped => _phase is ConnectionPhase.Stopped;

    public bool IsWelcomed => _phase is ConnectionPhase.Open;

    /// <summary>When a <see cref="ConnectionInput.Sweep"/> is due at the latest, monotonic milliseconds.</summary>
    public long Due => _phase switch
    {
        ConnectionPhase.AwaitingHello or ConnectionPhase.ReadingHello => HelloDue,
        ConnectionPhase.Handshake => Math.Min(_helloFrom + RequestTimeout, Math.Min(_liveness.Due, _session.Due)),
        ConnectionPhase.Open => Math.Min(_liveness.Due, RequestsDue),
        ConnectionPhase.Closing => Math.Min(_closeBy, RequestsDue),
        ConnectionPhase.Closed => _closeBy,
        _ => long.MaxValue,
    };

    /// <summary>From when on a token of the session or of a subscription does not count, milliseconds since 1970; a <see cref="ConnectionInput.Sweep"/> is due then, too.</summary>
    public long TokenEnds => _phase switch
    {
        ConnectionPhase.Handshake => _context.TokenEnds,
        ConnectionPhase.Open => Math.Min(_context.TokenEnds, _context.Subscriptions.NextTokenEnd),
        _ => long.MaxValue,
    };

    private long HelloDue => Math.Min(_helloFrom + _context.HelloTimeout, _opened + (_context.HelloTimeout * ConnectionPolicy.HelloFrames));

    private long RequestsDue => Math.Min(Math.Min(_session.Due, _requests.Due), _requests.IsAsking ? _lookAt : long.MaxValue);

    public void Step(ConnectionInput input, Moment now, List<ConnectionEffect> effects)
    {
        _context.Now = now;
        _context.Effects = effects;
        switch (input)
        {
            case ConnectionInput.FrameReceived received:
                _liveness.Received(now.Ticks);
                OnFrame(received.Frame, received.Bytes);
                break;
            case ConnectionInput.SessionReplied replied when _phase <= ConnectionPhase.Closing:
                OnSessionReply(replied.Reply);
                break;
            case ConnectionInput.SessionMoved when _phase <= ConnectionPhase.Closing:
                _session.Moved();
                break;
            case ConnectionInput.NodeRemoved:
                _requests.RepeatSoon();
                break;
            case ConnectionInput.ChannelReplied replied when _phase is ConnectionPhase.Open or ConnectionPhase.Closing:
                _requests.Replied(replied.Reply);
                break;
            case ConnectionInput.Decided decided when _phase <= ConnectionPhase.Closing:
                OnDecided(decided);
                break;
            case ConnectionInput.CloseRequested requested:
                BeginClose(requested.Code);
                break;
            case ConnectionInput.MoveRequested requested when _phase is ConnectionPhase.Open:
                _context.ToClient(requested.Notice);
                break;
            case ConnectionInput.Room when _phase is ConnectionPhase.Open or ConnectionPhase.Closing:
                _requests.Room();
                break;
            case ConnectionInput.TooSlow:
                Close(CloseCode.TooSlow);
                break;
            case ConnectionInput.FeedFailed:
                BeginClose(CloseCode.InternalFault);
                break;
            case ConnectionInput.Sweep sweep:
                Sweep(sweep.Traffic);
                break;
            case ConnectionInput.LinkClosed closed:
                Stop(closed.ByPeer);
                break;
            default:
                OnFeedEvent(input);
                break;
        }

        if (_phase is ConnectionPhase.Closing && _requests.OpenCount == 0)
        {
            Close(_closing!.Value);
        }

        // Not put off by what comes meanwhile.
        _lookAt = _requests.IsAsking ? Math.Min(_lookAt, now.Ticks + TimeoutLook) : long.MaxValue;
    }

    /// <summary>
    /// The connection is over, however it ended: its session's state is not counted for it any more.
    /// </summary>
    /// <returns>What its session is to receive; null: nothing.</returns>
    public SessionRequest? End(Moment now)
    {
        _context.Anonymous?.Leave(now.Ticks);
        _context.Quota.Leave(now.Ticks);
        return _session.Detach(_closing);
    }

    private void OnFrame(ClientFrame frame, int bytes)
    {
        if (_phase > ConnectionPhase.Open)
        {
            return;
        }

        if ((_context.Quota.TakeOwn(bytes, _context.Now.Ticks) ?? TakeShared(frame, bytes)) is { } over)
        {
            OnOverRate(frame, over);
            return;
        }

        switch (_phase, frame)
        {
            case (ConnectionPhase.AwaitingHello, ClientFrame.Hello hello) when _claimsResume && !_context.Setup.AdmitsAfterAll(hello.Session):
                Close(CloseCode.Overloaded);
                break;
            case (ConnectionPhase.AwaitingHello, ClientFrame.Hello hello):
                OnHello(_handshake!.Hello(hello));
                break;
            case (ConnectionPhase.ReadingHello, ClientFrame.MorePositions rest):
                OnHello(_handshake!.Add(rest.Positions, rest.More));
                break;
            case (ConnectionPhase.AwaitingHello or ConnectionPhase.ReadingHello, ClientFrame.Malformed malformed):
                _context.Refuse(_phase is ConnectionPhase.ReadingHello ? _handshake!.Id : malformed.Id, malformed.Code, malformed.Message);
                Close(CloseCode.HelloExpected);
                break;
            case (ConnectionPhase.AwaitingHello or ConnectionPhase.ReadingHello, _):
            case (_, ClientFrame.Hello):
                Close(CloseCode.HelloExpected);
                break;
            case (ConnectionPhase.Handshake, _):
                _handshake!.Deferred.Add(frame);
                break;
            default:
                OnRequest(frame);
                break;
        }
    }

    private void OnHello(CloseCode? refusal)
    {
        _helloFrom = _context.Now.Ticks;
        _phase = _handshake!.IsComplete ? ConnectionPhase.Handshake : ConnectionPhase.ReadingHello;
        Close(refusal);
    }

    private void OnRequest(ClientFrame frame)
    {
        _requests.Handle(frame);
        BeginClose(frame is ClientFrame.Bye ? CloseCode.Ended : null);
    }

    /// <summary>What can be told to come again; the rest is bounded by the connection's own rate.</summary>
    private Limited? TakeShared(ClientFrame frame, int bytes) =>
        _phase < ConnectionPhase.Handshake || frame is { Id: 0 } or ClientFrame.Bye ? null : _context.Quota.TakeShared(bytes, _context.Now.Ticks);

    private void OnOverRate(ClientFrame frame, Limited over)
    {
        _context.Effects.Add(new ConnectionEffect.OverLimit(over.Scope, over.Kind));
        if (over.IsFlood)
        {
            Close(CloseCode.Flood);
        }
        else if (frame.Id != 0)
        {
            _context.Refuse(frame.Id, ErrorCode.RateLimited, over.Text, over.RetryAfter);
        }
    }

    private void OnSessionReply(SessionReply reply)
    {
        if (_phase is ConnectionPhase.Handshake && _session.AnswersAttach(reply))
        {
            Close(_handshake!.Attached(reply));
            Welcome();
        }
        else
        {
            BeginClose(_session.Replied(reply));
        }
    }

    private void OnFeedEvent(ConnectionInput input)
    {
        _feeds.Take(input, _phase, _handshake);
        Welcome();
    }

    private void OnDecided(ConnectionInput.Decided decided)
    {
        _questions.Decided(decided.Tag, decided.Verdict);
        if (_phase is ConnectionPhase.Handshake)
        {
            Close(_handshake!.TurnedAway);
            Welcome();
        }
    }

    /// <summary>Opens the connection if nothing is missing for the welcome.</summary>
    private void Welcome()
    {
        if (_phase is not ConnectionPhase.Handshake || !_handshake!.TryWelcome())
        {
            return;
        }

        _phase = ConnectionPhase.Open;
        var deferred = _handshake.Deferred;
        _handshake = null;
        while (_phase is ConnectionPhase.Open && deferred.TryTake(out var request))
        {
            OnRequest(request);
        }
    }

    private void Sweep(TrafficSnapshot traffic)
    {
        var now = _context.Now.Ticks;
        switch (_phase)
        {
            case ConnectionPhase.AwaitingHello or ConnectionPhase.ReadingHello when now >= HelloDue:
                Close(CloseCode.HelloTimeout);
                break;
            case ConnectionPhase.Handshake when now - _helloFrom >= RequestTimeout:
                Close(CloseCode.SessionUnavailable);
                break;
            case ConnectionPhase.Handshake or ConnectionPhase.Open:
                SweepRequests();
                SweepLink(traffic);
                break;
            case ConnectionPhase.Closing when now < _closeBy:
                SweepRequests();
                break;
            case ConnectionPhase.Closing:
                Close(_closing!.Value);
                break;
            case ConnectionPhase.Closed when now >= _closeBy:
                _closeBy = long.MaxValue;
                _context.Effects.Add(new ConnectionEffect.Abort());
                break;
            default:
                break;
        }
    }

    private void SweepRequests()
    {
        _lookAt = long.MaxValue;
        _requests.Sweep();
        BeginClose(_session.Sweep());
    }

    private void SweepLink(TrafficSnapshot traffic)
    {
        if (_context.Now.Wall.ToUnixTimeMilliseconds() >= _context.TokenEnds)
        {
            Close(CloseCode.TokenExpired);
            return;
        }

        if (_phase is ConnectionPhase.Open)
        {
            _watch.EndExpired();
        }

        switch (_liveness.Sweep(_context.Now.Ticks, traffic))
        {
            case LivenessVerdict.Ping:
                _context.ToClient(new ServerFrame.Ping());
                break;
            case LivenessVerdict.Silent:
                Close(CloseCode.Silent);
                break;
            case LivenessVerdict.Stalled:
                Close(CloseCode.TooSlow);
                _context.Effects.Add(new ConnectionEffect.Abort());
                break;
        }
    }

    /// <summary>Takes nothing more, waits for the answers to what was accepted, then closes. Null: there is no reason to.</summary>
    private void BeginClose(CloseCode? code)
    {
        if (_phase is ConnectionPhase.Open && code is not null)
        {
            _phase = ConnectionPhase.Closing;
            _closing = code;
            _closeBy = _context.Now.Ticks + LastAnswers;
        }
        else if (_phase is not ConnectionPhase.Closing)
        {
            Close(code);
        }
    }

    private void Close(CloseCode? reason)
    {
        if (reason is not { } code || _phase >= ConnectionPhase.Closed)
        {
            return;
        }

        _subscriptions.LeaveAll(withdraws: _session.State is SessionState.Over);
        _closing = code;
        _phase = ConnectionPhase.Closed;
        _closeBy = _context.Now.Ticks + (long)_context.Setup.Policy.CloseTimeout.TotalMilliseconds;
        _context.Effects.Add(new ConnectionEffect.Close(CloseReasons.Of(code, _context.Setup.CrashWindow)));
    }

    private void Stop(bool byPeer)
    {
        if (_phase is ConnectionPhase.Stopped)
        {
            return;
        }

        _subscriptions.LeaveAll(withdraws: _session.State is SessionState.Over);
        _phase = ConnectionPhase.Stopped;

        // What this side began comes first: the peer's close is the answer to it.
        _closing ??= byPeer ? CloseCode.Normal : null;
        _context.Effects.Add(new ConnectionEffect.Stop());
    }
}
