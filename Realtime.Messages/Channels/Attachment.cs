namespace Realtime.Messages.Channels;

/// <summary>
/// Orders the connections of one session: the newest speaks for it. The client counts its attempts; the session counts the attachments
/// that came with one attempt.
/// </summary>
public readonly record struct Attachment(long Attempt, long Ordinal) : IComparable<Attachment>
{
    public int CompareTo(Attachment other) => Attempt != other.Attempt ? Attempt.CompareTo(other.Attempt) : Ordinal.CompareTo(other.Ordinal);

    public static bool operator <(Attachment left, Attachment right) => left.CompareTo(right) < 0;

    public static bool operator >(Attachment left, Attachment right) => left.CompareTo(right) > 0;

    public static bool operator <=(Attachment left, Attachment right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Attachment left, Attachment right) => left.CompareTo(right) >= 0;
}
