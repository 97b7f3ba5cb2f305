using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>A move the server has asked for: where to, and when. A failed attempt is repeated a few times, then forgotten.</summary>
internal sealed class Announcement(Uri home)
{
    private const int Attempts = 3;
    private Uri? _address;
    private string? _ticket;
    private int _left;

    public TimeSpan? DueAt { get; private set; }

    /// <summary>Where to go, without the ticket.</summary>
    public Uri Address => _address ?? home;

    /// <returns>False: there is nothing that a client of <c>home</c> follows to.</returns>
    public bool Say(ServerFrame.Move move, Moment at)
    {
        if (!NodeAddress.TryFollow(home, home, move.Url, out var address))
        {
            return false;
        }

        (_address, _ticket) = (address, move.Ticket);
        _left = Attempts;
        DueAt = at.Within(move.After, move.Within);
        return true;
    }

    /// <summary>At once, and to where the client is.</summary>
    public void SayHere(Uri here, Moment at)
    {
        (_address, _ticket) = (here, null);
        _left = Attempts;
        DueAt = at.Now;
    }

    /// <summary>Where to go now, with the ticket.</summary>
    public Uri Take()
    {
        DueAt = null;
        _left--;
        return _ticket is null ? Address : Query.With(Address, "ticket", _ticket);
    }

    public void Failed(Moment at, TimeSpan? retryAfter) => DueAt = _left > 0 && _address is not null
        ? at.Now + (retryAfter ?? Pacing.BackOff(Attempts - _left, at.Roll))
        : null;

    public void Forget()
    {
        DueAt = null;
        _address = null;
    }
}
