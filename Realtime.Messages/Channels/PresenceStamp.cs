namespace Realtime.Messages.Channels;

/// <summary>
/// Orders what was said of one session's presence on one channel, by whichever feeds: the newest attachment counts, and within it the
/// latest change. An equal stamp is a repeat.
/// </summary>
/// <param name="Change">Counts the claims and withdrawals of one attachment; <see cref="Final"/> ends all of them.</param>
public readonly record struct PresenceStamp(Attachment Attachment, long Change) : IComparable<PresenceStamp>
{
    public const long Final = long.MaxValue;

    public int CompareTo(PresenceStamp other) =>
        Attachment != other.Attachment ? Attachment.CompareTo(other.Attachment) : Change.CompareTo(other.Change);

    public static bool operator <(PresenceStamp left, PresenceStamp right) => left.CompareTo(right) < 0;

    public static bool operator >(PresenceStamp left, PresenceStamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(PresenceStamp left, PresenceStamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PresenceStamp left, PresenceStamp right) => left.CompareTo(right) >= 0;
}
