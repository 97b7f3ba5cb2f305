using System.Collections.Immutable;
using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>
/// The client as a pure machine: inputs in, effects out; no clock, task, random or I/O. It ties together links
/// (<see cref="LinkDirector"/>), channels (<see cref="SubscriptionBook"/>) and requests (<see cref="RequestBook"/>).
/// </summary>
internal sealed class ClientMachine : ILinkOwner
{
    private readonly ClientSettings _settings;
    private readonly List<ClientEffect> _effects = [];
    private readonly LinkDirector _links;
    private readonly Conversation _talk;
    private ClientState _state;
    private Fault? _end;
    private readonly Parting _parting = new();
    private bool _left;
    private bool _kept;

    public ClientMachine(ClientSettings settings)
    {
        _settings = settings;
        Session = settings.Memory.Session;
        _links = new LinkDirector(settings, this, _effects);
        _talk = new Conversation(settings, _effects);
    }

    /// <summary>The resume token; null before the first welcome and after the session's end.</summary>
    public string? Session { get; private set; }

    public long Attempt => _talk.Attempts.Last;

    public long NextSeq => _talk.Requests.NextSeq;

    /// <summary>The link the session is attached on; 0 for none.</summary>
    public int AttachedLink => _links.Attached;

    /// <summary>When a <see cref="ClientInput.Tick"/> is due; null for never.</summary>
    public TimeSpan? Deadline => _end is null
        ? new[] { _links.Deadline, _links.Attached != 0 ? _talk.Deadline : null, _parting.Until }.Min()
        : null;

    public ImmutableArray<ClientEffect> Step(ClientInput input, Moment at)
    {
        Take(input, at);
        SendBye();
        var state = _end is null ? _links.State : ClientState.Closed;
        if (state != _state)
        {
            _state = state;
            _effects.Add(new ClientEffect.StateChanged(state, _end ?? _links.Reason, state == ClientState.Waiting ? _links.RetryAt - at.Now : null));
        }

        var effects = _effects.ToImmutableArray();
        _effects.Clear();
        return effects;
    }

    long ILinkOwner.Greet(int link, TimeSpan now)
    {
        var id = _talk.Requests.NextId();
        var hello = new Hello(id, _talk.Attempts.Next(now), _links.Tokens.Token, Session, _settings.Producer, _settings.ClientName, _settings.ClientVersion, _settings.HelloData, _talk.Channels.Positions);
        _effects.AddRange(FrameWriter.Hello(hello).Select(frame => new ClientEffect.Send(link, frame)));
        return id;
    }

    void ILinkOwner.Attached(int link, int former, ServerFrame.Welcome welcome, Moment at)
    {
        var previous = Session;
        Session = welcome.Session;
        _kept = true;
        _effects.Add(new ClientEffect.Attached(welcome));
        if (previous is not null && !welcome.Resumed)
        {
            _effects.Add(new ClientEffect.SessionLost(new SessionLostNotice(previous, welcome.Session)));
        }

        _talk.Attached(link, former, welcome, at.Now);
    }

    void ILinkOwner.Gone(int link) => _talk.Gone(link);

    void ILinkOwner.Ended(Fault fault) => End(fault);

    private void Take(ClientInput input, Moment at)
    {
        if (_end is { } end)
        {
            TakeAfterEnd(input, end);
            return;
        }

        switch (input)
        {
            case ClientInput.Connect:
                _left = false;
                _links.Connect(at);
                break;
            case ClientInput.GiveUp:
                GiveUp();
                break;
            case ClientInput.Disconnect:
                _left = true;
                _kept = false;
                _links.Stop(CloseCodes.Normal);
                break;
            case ClientInput.Bye:
                SayBye(at);
                break;
            case ClientInput.Dispose:
                End(new Fault(ErrorCodes.Closed, "The client was disposed."));
                break;
            case ClientInput.Steered steered:
                _links.Steered(steered.Link, steered.Address);
                break;
            case ClientInput.LinkOpened opened:
                _links.Opened(opened.Link, at);
                break;
            case ClientInput.LinkLost lost:
                _links.Lost(lost.Link, lost.CloseCode, lost.Reason, at);
                break;
            case ClientInput.Received received:
                Receive(received, at);
                break;
            case ClientInput.Progress progress:
                _links.Heard(progress.Link, at.Now);
                break;
            case ClientInput.Garbled garbled:
                _links.Break(garbled.Link, CloseCodes.ProtocolError, at);
                break;
            case ClientInput.TokenFetched fetched:
                _links.TokenFetched(fetched.Token, at);
                break;
            case ClientInput.TokenFailed failed:
                _links.TokenFailed(failed.Fault, at);
                break;
            case ClientInput.ChannelTokenFetched fetched:
                _talk.Channels.TokenFetched(fetched.Channel, fetched.Token);
                SendWaiting(at);
                break;
            case ClientInput.ChannelTokenFailed failed:
                _talk.Channels.TokenFailed(failed.Channel, failed.Fault, at, _effects);
                break;
            case ClientInput.Ask ask:
                _talk.Ask(ask.Request);
                Need(at);
                break;
            case ClientInput.Cancel cancel:
                _talk.Requests.Remove(cancel.Request);
                SendWaiting(at);
                break;
            case ClientInput.Subscribe subscribe:
                _talk.Channels.Add(subscribe.Channel, subscribe.Options, _effects);
                Need(at);
                break;
            case ClientInput.Rejoin rejoin:
                _talk.Channels.Rejoin(rejoin.Channel, _effects);
                break;
            case ClientInput.Full full:
                _talk.Channels.Full(full.Channel);
                break;
            case ClientInput.Drained drained:
                if (_talk.Channels.Drained(drained.Channel, _effects))
                {
                    _links.Renew(at);
                }

                break;
            case ClientInput.Tick:
                Tick(at);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void TakeAfterEnd(ClientInput input, Fault end)
    {
        switch (input)
        {
            case ClientInput.Ask ask:
                _effects.Add(new ClientEffect.Refuse(ask.Request, end));
                break;
            case ClientInput.Subscribe subscribe:
                _effects.Add(new ClientEffect.End(subscribe.Channel, end));
                break;
            case ClientInput.LinkOpened opened:
                _effects.Add(new ClientEffect.CloseLink(opened.Link, CloseCodes.Normal));
                break;
        }
    }

    private void Receive(ClientInput.Received received, Moment at)
    {
        try
        {
            foreach (var frame in received.Frames)
            {
                // A frame before may have been the link's last: a goodbye, or the one after a hole.
                if (_end is not null || !_links.Knows(received.Link))
                {
                    return;
                }

                _links.Heard(received.Link, at.Now);
                Frame(received.Link, frame, at);
            }
        }
        catch (FrameException)
        {
            _links.Break(received.Link, CloseCodes.ProtocolError, at);
        }

        SendWaiting(at);
    }

    private void Frame(int link, ServerFrame frame, Moment at)
    {
        switch (frame)
        {
            case ServerFrame.Reply reply:
                Answered(link, reply, at);
                break;
            case ServerFrame.Error error:
                Refused(link, error, at);
                break;
            case ServerFrame.Ping:
                _effects.Add(new ClientEffect.Pong(link));
                break;
            case ServerFrame.Welcome welcome:
                _links.Welcomed(link, welcome, at);
                break;
            case ServerFrame.Move move:
                _links.Move(link, move, at);
                break;
            case ServerFrame.Goodbye goodbye:
                _links.Goodbye(link, goodbye, at);
                break;
            default:
                if (!_talk.Take(link, frame))
                {
                    _links.Break(link, CloseCodes.ProtocolError, at);
                }

                break;
        }
    }

    private void Answered(int link, ServerFrame.Reply reply, Moment at)
    {
        if (reply.Id == _parting.Id && _parting.Id != 0)
        {
            End(new Fault(ErrorCodes.Closed, "The client was closed."));
        }
        else if (_talk.Answered(link, reply)?.Token is { } token)
        {
            _links.Tokens.Token = token;
            _links.Tokens.Lives(reply.Body.Milliseconds("expiresIn"), at.Now);
        }
    }

    private void Refused(int link, ServerFrame.Error error, Moment at)
    {
        if (error.Id is not { } id)
        {
            _effects.Add(new ClientEffect.Complained(error.Fault));
        }
        else if (!_links.HelloRefused(link, id, error.Fault, at))
        {
            _talk.Refused(id, error.Fault, at);
        }
    }

    private void SayBye(Moment at)
    {
        if (_links.Attached == 0)
        {
            End(new Fault(ErrorCodes.Closed, "The client was closed."));
        }
        else if (!_parting.Begun)
        {
            _parting.Begin(at.Now);
            _links.Stay();
        }
    }

    /// <summary>Not while a hello of a move is out: it may be handled after the bye, and would open another session.</summary>
    private void SendBye()
    {
        if (_end is null && _parting is { Begun: true, Id: 0 } && _links is { Attached: not 0, IsGreeting: false })
        {
            _parting.Sent(_talk.Requests.NextId());
            _effects.Add(new ClientEffect.Send(_links.Attached, FrameWriter.Bye(_parting.Id)));
        }
    }

    private void Tick(Moment at)
    {
        if (_parting.Until <= at.Now)
        {
            End(new Fault(ErrorCodes.Closed, "The client was closed."));
            return;
        }

        _links.Tick(at);
        SendWaiting(at);
    }

    /// <summary>Something has to go to the server: it connects by itself, unless the application has disconnected on purpose.</summary>
    private void Need(Moment at)
    {
        if (!_left && _links.State == ClientState.Disconnected)
        {
            _links.Connect(at);
        }

        SendWaiting(at);
    }

    /// <summary>Stops trying for a first connection that nothing waits for any more.</summary>
    private void GiveUp()
    {
        if (!_kept && !_talk.NeedsConnection)
        {
            _links.Stop(CloseCodes.Normal);
        }
    }

    private void SendWaiting(Moment at)
    {
        if (_end is null && !_parting.Begun)
        {
            _talk.SendWaiting(at.Now);
        }
    }

    private void End(Fault fault)
    {
        if (_end is not null)
        {
            return;
        }

        _end = fault;
        Session = _parting.Begun ? null : Session;
        _talk.End(fault);
        _links.Stop(CloseCodes.Normal);
    }
}
