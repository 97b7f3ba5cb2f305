using Realtime.Messages.Ids;

namespace Realtime.Messages.Positions;

/// <summary>
/// One message of a channel. <see cref="Offset"/> is 0 where the namespace keeps no log. <see cref="At"/> is the owner's wall clock in
/// milliseconds since 1970, for people; nothing decides on it except age limits of history.
/// </summary>
public sealed record LogMessage(long Offset, Payload Payload, long At, SessionId From = default, UserId? User = null)
{
    /// <summary>Short labels for filters; at most 16, in the order given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>False: the publishing session itself does not get it back.</summary>
    public bool Echo { get; init; } = true;

    /// <summary>A session that does not get it; none: all do.</summary>
    public SessionId Except { get; init; }

    /// <summary>Milliseconds since 1970 after which nobody gets it any more; null: it has no end of its own.</summary>
    public long? Expires { get; init; }

    /// <summary>Whether it is for this session, as far as its publisher said.</summary>
    public bool IsFor(SessionId session) => (Echo || From != session) && (Except.IsNone || Except != session);

    /// <summary>Whether its own time is over.</summary>
    public bool IsOver(long now) => Expires <= now;

    /// <summary>What it counts against limits in bytes.</summary>
    public int Size => Payload.Length + 64;
}
