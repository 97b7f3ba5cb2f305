using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>
/// Which links there are and when: one attached, at most one on its way (the first, the next after a loss, or the second
/// of a move), and at most one that the session has left and that still answers. Decides about waiting (protocol, rules
/// 8 to 10), fetches tokens, and never drops a working link before its successor is welcomed.
/// </summary>
internal sealed class LinkDirector(ClientSettings settings, ILinkOwner owner, List<ClientEffect> effects)
{
    private static readonly TimeSpan Afterlife = TimeSpan.FromSeconds(5);
    private readonly RetryPlan _retry = new();
    private readonly Announcement _move = new(settings.Url);
    private readonly AddressBook _addresses = new(settings.Url);
    private readonly LinkSet _links = new();
    private Uri _here = settings.Url;
    private bool _straightHome;
    private TimeSpan _deadAt;
    private TimeSpan _silence;
    private TimeSpan _formerUntil;
    private bool _wanted;
    private bool _stays;

    public int Attached => _links.Attached;

    public TokenDesk Tokens { get; } = new(settings, effects);

    public ClientState State =>
        // Of a move the old link may go first: the session is being handed over then, and nothing is lost.
        Attached != 0 || _links.Attempt is { IsMove: true } ? ClientState.Connected
        : _links.Attempt is not null || (Tokens.Fetching && _wanted) ? ClientState.Connecting
        : _retry.At is not null ? ClientState.Waiting
        : ClientState.Disconnected;

    public TimeSpan? Deadline => new[]
    {
        _links.Attempt?.Deadline,
        _retry.At,
        Attached != 0 ? _deadAt : null,
        Attached != 0 && _links.Attempt is null && !Tokens.Fetching ? _move.DueAt : null,
        _links.Former != 0 ? _formerUntil : null,
        Attached != 0 ? Tokens.RenewAt : null,
    }.Min();

    /// <summary>Why the client is not connected; null when it is.</summary>
    public Fault? Reason => State == ClientState.Connected ? null : _retry.Reason;

    public TimeSpan? RetryAt => _retry.At;

    /// <summary>A hello is out that has no answer yet.</summary>
    public bool IsGreeting => _links.Attempt is { Hello: not 0 };

    public bool Knows(int link) => _links.Knows(link);

    public void Connect(Moment at)
    {
        _wanted = true;
        if (State is ClientState.Disconnected or ClientState.Waiting)
        {
            Begin(at);
        }
    }

    /// <summary>Closes every link and stops trying.</summary>
    public void Stop(int code)
    {
        _wanted = false;
        _retry.Stop();
        _move.Forget();
        foreach (var link in _links.All)
        {
            effects.Add(new ClientEffect.CloseLink(link, code));
            if (_links.Forget(link))
            {
                owner.Gone(link);
            }
        }
    }

    /// <summary>The session is to end where it is: no move begins any more, and one that has not said hello is given up.</summary>
    public void Stay()
    {
        _stays = true;
        _move.Forget();
        if (Attached != 0 && _links.Attempt is { Hello: 0 } attempt)
        {
            effects.Add(new ClientEffect.CloseLink(attempt.Link, CloseCodes.Normal));
            Forget(attempt.Link, out _);
        }
    }

    public void Steered(int link, Uri? place)
    {
        if (_links.Attempt is { } attempt && attempt.Link == link)
        {
            attempt.Steered(place, settings.Url);
        }
    }

    public void Opened(int link, Moment at)
    {
        if (_links.Attempt is { } attempt && attempt.Link == link)
        {
            attempt.Opened(at.Now, settings.ConnectTimeout);
            attempt.Hello = owner.Greet(link, at.Now);
        }
    }

    /// <summary>Something came over the link, or goes over it: it is alive.</summary>
    public void Heard(int link, TimeSpan now)
    {
        _deadAt = link == Attached ? now + _silence : _deadAt;
        if (_links.Attempt is { } attempt && attempt.Link == link)
        {
            attempt.Moves(now, settings.ConnectTimeout);
        }
    }

    public void Welcomed(int link, ServerFrame.Welcome welcome, Moment at)
    {
        if (_links.Attempt is not { Hello: not 0 } attempt || attempt.Link != link || attempt.Hello != welcome.Id)
        {
            throw new FrameException("A welcome that answers no hello.");
        }

        Tokens.Accepted(welcome.ExpiresIn, at.Now);
        _here = attempt.Address;
        _addresses.Welcomed(welcome.Others, _here, at.Roll);
        _retry.Attached(at.Now, welcome.CrashWindow);
        _silence = welcome.PingEvery + welcome.PingTimeout;
        _deadAt = at.Now + _silence;
        _move.Forget();
        if (_links.Former != 0)
        {
            GiveUp(_links.Former, null, at);
        }

        _links.Attach(link);
        _formerUntil = at.Now + Afterlife;
        owner.Attached(link, _links.Former, welcome, at);
    }

    /// <summary>An error answers the hello of the link on its way; false when it is another request's.</summary>
    public bool HelloRefused(int link, long id, Fault fault, Moment at)
    {
        if (_links.Attempt is not { } attempt || attempt.Link != link || attempt.Hello != id)
        {
            return false;
        }

        Forget(link, out _, answered: true);
        _retry.Failed(fault);
        effects.Add(new ClientEffect.CloseLink(link, CloseCodes.Normal));
        var newToken = Tokens.Refused(fault.Code, out var again);
        if (Attached == 0 && !newToken && !fault.IsTemporary)
        {
            owner.Ended(fault);
            return true;
        }

        // At once with a new token; if that is refused too, at the pace of losses: a provider may keep handing out the same one.
        Again(at, newToken && !again ? TimeSpan.Zero : fault.RetryAfter ?? Elsewhere(attempt));
        return true;
    }

    public void Lost(int link, int? code, Fault? reason, Moment at)
    {
        var attempt = _links.Attempt is { } under && under.Link == link ? under : null;
        Leave(link, code);
        if (!Forget(link, out var wasSession))
        {
            return;
        }

        _retry.Failed(reason);
        var elsewhere = Unanswered(attempt);

        // A final code on a link that another connection of this client took over from is that takeover, not the end.
        if (CloseCodes.IsFinal(code) && wasSession && _links.Attempt is not { Hello: not 0 } && !(code == CloseCodes.Superseded && _links.Explains(at.Now)))
        {
            owner.Ended(new Fault(CloseCodes.Name(code), $"The server closed the connection for good ({code})."));
        }
        else if (wasSession)
        {
            Again(at, reason?.RetryAfter ?? (CloseCodes.IsElsewhere(code) ? TimeSpan.Zero : elsewhere));
        }
    }

    /// <summary>This side gives a link up: what came over it cannot be trusted. Resumes from the own positions.</summary>
    public void Break(int link, int code, Moment at)
    {
        if (Knows(link))
        {
            effects.Add(new ClientEffect.CloseLink(link, code));
            TimeSpan? wait = link == Attached && _links.Attempt is null ? _retry.Pacing.AfterBreak(at) : null;
            _retry.Failed(new Fault(ErrorCodes.ConnectionLost, "What came over the connection could not be trusted."));
            if (Forget(link, out var wasSession) && wasSession)
            {
                Again(at, wait);
            }
        }
    }

    public void Goodbye(int link, ServerFrame.Goodbye goodbye, Moment at)
    {
        effects.Add(new ClientEffect.CloseLink(link, CloseCodes.Normal));
        Leave(link, goodbye.Code);
        // The own second connection took the session over, and the first one's goodbye was faster than the welcome.
        var ownDoing = link == _links.Former || (link == Attached && goodbye.Reason == ErrorCodes.Superseded && _links.Attempt is { Hello: not 0 });
        if (!Forget(link, out var wasSession, answered: true) || ownDoing)
        {
            return;
        }

        var explained = goodbye.Reason == ErrorCodes.Superseded && wasSession && _links.Explains(at.Now);
        _retry.Failed(new Fault(goodbye.Reason, $"The server said goodbye ({goodbye.Code})."));
        effects.Add(new ClientEffect.GoodbyeSaid(new GoodbyeNotice(goodbye.Code, goodbye.Reason, goodbye.Reconnect is null && !explained)));
        Tokens.Refused(goodbye.Reason, out _);
        if (explained)
        {
            Again(at, null);
        }
        else if (goodbye.Reconnect is not { } comeback)
        {
            owner.Ended(new Fault(goodbye.Reason.Length > 0 ? goodbye.Reason : CloseCodes.Name(goodbye.Code), $"The server said goodbye for good ({goodbye.Code})."));
        }
        else if (wasSession)
        {
            _retry.Pacing.Announced(at.Now);
            Again(at, comeback.After + (comeback.Within * at.Roll));
        }
    }

    public void Move(int link, ServerFrame.Move move, Moment at)
    {
        if (link != Attached || _stays)
        {
            return;
        }

        if (_move.Say(move, at))
        {
            _addresses.Hear(_move.Address);
        }
        else
        {
            effects.Add(new ClientEffect.Complained(new Fault(ErrorCodes.BadRequest, $"The server names '{move.Url}', which this client does not follow to.")));
        }
    }

    /// <summary>Attaches anew where the client is, without a pause: another link first, then drop this one.</summary>
    public void Renew(Moment at)
    {
        if (Attached != 0 && _links.Attempt is null && !_stays)
        {
            _move.SayHere(_here, at);
            Tick(at);
        }
    }

    public void TokenFetched(string? token, Moment at)
    {
        Tokens.Fetched(token);
        if (_wanted)
        {
            Open(at);
        }
    }

    public void TokenFailed(Fault fault, Moment at)
    {
        Tokens.Failed();
        _retry.Failed(fault);
        if (fault.IsTemporary || Attached != 0)
        {
            effects.Add(new ClientEffect.Complained(fault));
            Again(at, fault.RetryAfter);
        }
        else
        {
            owner.Ended(fault);
        }
    }

    public void Tick(Moment at)
    {
        if (_links.Attempt is { } attempt && attempt.Deadline <= at.Now)
        {
            GiveUp(attempt.Link, attempt.Hello == 0 ? "The connection was not open in time." : "The server did not answer the hello in time.", at);
        }

        if (Attached != 0 && _deadAt <= at.Now)
        {
            GiveUp(Attached, "Nothing came over the connection for too long.", at);
        }

        if (_links.Former != 0 && _formerUntil <= at.Now)
        {
            GiveUp(_links.Former, null, at);
        }

        Tokens.Tick(Attached != 0, at.Now);
        if (_retry.At <= at.Now || (Attached != 0 && _links.Attempt is null && _move.DueAt <= at.Now))
        {
            Begin(at);
        }
    }

    private void GiveUp(int link, string? why, Moment at)
    {
        effects.Add(new ClientEffect.CloseLink(link, CloseCodes.Normal));
        Lost(link, null, why is null ? null : new Fault(ErrorCodes.Timeout, why), at);
    }

    /// <summary>
    /// The link on its way failed, or the attached one is gone: try again when the other side asked for it, or at the pace
    /// of losses. Nothing to do where another link is on its way already.
    /// </summary>
    private void Again(Moment at, TimeSpan? asked)
    {
        if (Attached != 0)
        {
            _move.Failed(at, asked);
        }
        else if (_wanted && _links.Attempt is null && !Tokens.Fetching)
        {
            _retry.Wait(at, asked);
        }
    }

    private void Begin(Moment at)
    {
        _retry.Stop();
        if (!Tokens.Fetch())
        {
            Open(at);
        }
    }

    private void Open(Moment at)
    {
        var moves = Attached != 0;
        if (moves && _stays)
        {
            return;
        }

        var address = moves ? _move.Address : _straightHome ? settings.Url : _addresses.Next;
        // A gateway may name a node that has just died, for some seconds: the turns of the others are theirs, whatever it would say.
        var straight = moves || _straightHome || _addresses.IsElsewhere;
        var attempt = _links.Begin(address, moves, at.Now + settings.ConnectTimeout);
        effects.Add(new ClientEffect.OpenLink(attempt.Link, moves ? _move.Take() : address, straight));
        _straightHome &= moves;
    }

    private void Leave(int link, int? code)
    {
        if (link == Attached && CloseCodes.IsLeaving(code))
        {
            _addresses.Leave(_here);
        }
    }

    /// <summary>An attempt has failed without an answer: another address is next, unless the gateway decides.</summary>
    private TimeSpan? Unanswered(LinkAttempt? attempt)
    {
        if (attempt is { IsNamed: false, IsHeld: false } && Attached == 0)
        {
            _addresses.PassOn();
        }

        return Elsewhere(attempt);
    }

    /// <summary>A place that was named and does not work is no loss of the client's own address: it goes there, at once.</summary>
    private TimeSpan? Elsewhere(LinkAttempt? attempt)
    {
        if (attempt is not { IsNamed: true } || Attached != 0)
        {
            return null;
        }

        _straightHome = true;
        return TimeSpan.Zero;
    }

    /// <summary>Takes a link out; the flag says whether the session depended on it or was to depend on it.</summary>
    private bool Forget(int link, out bool wasSession, bool answered = false)
    {
        wasSession = link == Attached || link == _links.Attempt?.Link;
        var known = Knows(link);
        if (known && _links.Forget(link, answered))
        {
            owner.Gone(link);
        }

        return known;
    }
}
