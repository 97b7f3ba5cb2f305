namespace Realtime.Client.Core;

/// <summary>A link on its way: being opened, then waiting for its welcome.</summary>
/// <param name="address">Where it goes, without a ticket.</param>
/// <param name="isMove">The session is attached on another one, which this one shall replace.</param>
internal sealed class LinkAttempt(int link, Uri address, bool isMove, TimeSpan deadline)
{
    public int Link => link;

    /// <summary>How many times its time a welcome may take whose bytes move.</summary>
    private const int Extensions = 6;

    private TimeSpan _latest = deadline;

    public Uri Address { get; private set; } = address;

    public bool IsMove { get; } = isMove;

    /// <summary>A move or the gateway says where it goes.</summary>
    public bool IsNamed { get; private set; } = isMove;

    /// <summary>The gateway wants to be asked again later: no address has failed.</summary>
    public bool IsHeld { get; private set; }

    public TimeSpan Deadline { get; private set; } = deadline;

    /// <summary>The hello's id; 0 while the link is being opened.</summary>
    public long Hello { get; set; }

    /// <summary>The gateway has named a place, or, with none, a later moment.</summary>
    public void Steered(Uri? place, Uri home)
    {
        IsHeld = place is null;
        IsNamed = place is not null && NodeAddress.Endpoint(place) != NodeAddress.Endpoint(home);
        Address = place ?? Address;
    }

    /// <summary>The link is open; its welcome gets a time of its own.</summary>
    public void Opened(TimeSpan now, TimeSpan timeout)
    {
        Deadline = now + timeout;
        _latest = now + (timeout * Extensions);
    }

    /// <summary>A large hello or welcome is under way over a slow link.</summary>
    public void Moves(TimeSpan now, TimeSpan timeout)
    {
        var later = now + timeout;
        Deadline = later > _latest ? _latest : later > Deadline ? later : Deadline;
    }
}
