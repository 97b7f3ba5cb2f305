namespace Realtime.Messages.Ids;

/// <summary>
/// Counts the attachments of one session. What a connection tells its session carries the number it was given, and the session
/// refuses older ones: otherwise a connection that has been taken over could still change the session.
/// </summary>
/// <remarks>
/// The high bits are the epoch of the session's shard when the number was given out, the low ones count within it. A plain reconnect writes
/// nothing, so an owner that loads a session after its predecessor's death does not know how far that one had counted; with the epoch in
/// front, what it gives out is newer all the same.
/// </remarks>
public readonly record struct AttachNumber(long Value) : IComparable<AttachNumber>
{
    private const int CounterBits = 24;

    /// <summary>Whether this attachment opened the session; resumes count from two in every epoch.</summary>
    public bool IsOpening => (Value & ((1L << CounterBits) - 1)) == 1;

    /// <summary>The number of the attachment that opens a session.</summary>
    public static AttachNumber Opening(long epoch) => new((epoch << CounterBits) + 1);

    /// <summary>The number of the next attachment.</summary>
    public AttachNumber Next(long epoch) => new(Math.Max(Value + 1, (epoch << CounterBits) + 2));

    public int CompareTo(AttachNumber other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(AttachNumber left, AttachNumber right) => left.Value < right.Value;

    public static bool operator >(AttachNumber left, AttachNumber right) => left.Value > right.Value;

    public static bool operator <=(AttachNumber left, AttachNumber right) => left.Value <= right.Value;

    public static bool operator >=(AttachNumber left, AttachNumber right) => left.Value >= right.Value;
}
