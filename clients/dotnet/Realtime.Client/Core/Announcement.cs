using Realtime.Client.Protocol;

namespace Realtime.Client.Core;

/// <summary>A move the server has asked for: where to, and when. A failed attempt is repeated a few times, then forgotten.</summary>
internal sealed class Announcement(Uri home)
{
    private const int Attempts = 3;
    private Uri? _url;
    private int _left;

    public TimeSpan? DueAt { get; private set; }

    public void Say(ServerFrame.Move move, Moment at)
    {
        _url = Target(move);
        _left = Attempts;
        DueAt = at.Within(move.After, move.Within);
    }

    /// <summary>At once, and back to where the client connects anyway.</summary>
    public void SayHere(Moment at)
    {
        _url = home;
        _left = Attempts;
        DueAt = at.Now;
    }

    /// <summary>Where to go now.</summary>
    public Uri Take()
    {
        DueAt = null;
        _left--;
        return _url ?? home;
    }

    public void Failed(Moment at, TimeSpan? retryAfter) => DueAt = _left > 0 && _url is not null
        ? at.Now + (retryAfter ?? Pacing.BackOff(Attempts - _left, at.Roll))
        : null;

    public void Forget()
    {
        DueAt = null;
        _url = null;
    }

    private Uri Target(ServerFrame.Move move)
    {
        if (!Uri.TryCreate(home, move.Url, out var url))
        {
            throw new FrameException("The url of a move is none.");
        }

        return move.Ticket is null ? url : Query.With(url, "ticket", move.Ticket);
    }
}
