namespace Realtime.Client.Core;

/// <summary>A link on its way: being opened, then waiting for its welcome.</summary>
internal sealed class LinkAttempt(int link, TimeSpan deadline)
{
    public int Link => link;

    /// <summary>How many times its time a welcome may take whose bytes move.</summary>
    private const int Extensions = 6;

    private TimeSpan _latest = deadline;

    public TimeSpan Deadline { get; private set; } = deadline;

    /// <summary>The hello's id; 0 while the link is being opened.</summary>
    public long Hello { get; set; }

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
