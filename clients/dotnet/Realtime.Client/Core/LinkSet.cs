namespace Realtime.Client.Core;

/// <summary>The links there are: the attached one, the one on its way, and the one the session has just left.</summary>
internal sealed class LinkSet
{
    /// <summary>How long a hello that nobody waits for any more may still be on its way inside the cluster.</summary>
    private static readonly TimeSpan StillOnItsWay = TimeSpan.FromMinutes(1);
    private readonly List<TimeSpan> _unheard = [];
    private int _count;

    /// <summary>The link the session is attached on; 0 for none.</summary>
    public int Attached { get; private set; }

    /// <summary>The link that the session has left and that may still answer; 0 for none.</summary>
    public int Former { get; private set; }

    public LinkAttempt? Attempt { get; private set; }

    public IReadOnlyList<int> All => [.. new[] { Former, Attached, Attempt?.Link ?? 0 }.Where(link => link != 0)];

    public bool Knows(int link) => link != 0 && (link == Attached || link == Former || link == Attempt?.Link);

    /// <summary>A new link is on its way; there is none other on its way.</summary>
    public LinkAttempt Begin(Uri address, bool isMove, TimeSpan deadline) => Attempt = new LinkAttempt(++_count, address, isMove, deadline);

    /// <summary>The link on its way becomes the attached one.</summary>
    public void Attach(int link)
    {
        Former = Attached;
        Attached = link;
        Attempt = null;
    }

    /// <summary>
    /// Whether a takeover is this client's own doing: a hello that it gave up unanswered, while the session was out of reach, may be handled after a
    /// newer one. Each explains one takeover.
    /// </summary>
    public bool Explains(TimeSpan now)
    {
        _unheard.RemoveAll(until => until <= now);
        if (_unheard.Count == 0)
        {
            return false;
        }

        _unheard.RemoveAt(0);
        return true;
    }

    /// <summary>Takes a link out; true when requests may have been sent on it.</summary>
    /// <param name="answered">Its hello was.</param>
    public bool Forget(int link, bool answered = false)
    {
        if (Attempt is { } attempt && link == attempt.Link)
        {
            if (attempt.Hello != 0 && !answered)
            {
                _unheard.Add(attempt.Deadline + StillOnItsWay);
            }

            Attempt = null;
            return false;
        }

        Attached = link == Attached ? 0 : Attached;
        Former = link == Former ? 0 : Former;
        return true;
    }
}
