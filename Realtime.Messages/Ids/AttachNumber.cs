namespace Realtime.Messages.Ids;

/// <summary>
/// Counts the attachments of one session. What a connection tells its session carries the number it was given, and the session
/// refuses older ones: otherwise a connection that has been taken over could still change the session.
/// </summary>
/// <remarks>
/// The high bits are the epoch of the session's shard when the number was given out, the low ones follow the clock within it. A plain reconnect
/// writes nothing, so an owner that loads a session after its predecessor's death does not know how far that one had counted; with the epoch in
/// front, what it gives out is newer all the same. And a session may be loaded again under one epoch, when its owner had to give it up and was then
/// not replaced, or after a failure: a count that began anew would make the connections of its earlier life newer than those of its present one.
/// </remarks>
public readonly record struct AttachNumber(long Value) : IComparable<AttachNumber>
{
    private const int CounterBits = 32;

    /// <summary>2024-01-01, milliseconds since 1970: quarters of a second since then fill the low bits for 34 years.</summary>
    private const long Beginning = 1_704_067_200_000;
    private const long Tick = 250;

    /// <summary>Whether this attachment opened the session; resumes are greater in every epoch.</summary>
    public bool IsOpening => (Value & ((1L << CounterBits) - 1)) == 1;

    /// <summary>The number of the attachment that opens a session.</summary>
    public static AttachNumber Opening(long epoch) => new((epoch << CounterBits) + 1);

    /// <summary>The number of the next attachment.</summary>
    /// <param name="now">Milliseconds since 1970. Should the clock go back, this one's successors still count up.</param>
    public AttachNumber Next(long epoch, long now) =>
        new(Math.Max(Value + 1, (epoch << CounterBits) + 2 + Math.Clamp((now - Beginning) / Tick, 0, (1L << CounterBits) - 3)));

    public int CompareTo(AttachNumber other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(AttachNumber left, AttachNumber right) => left.Value < right.Value;

    public static bool operator >(AttachNumber left, AttachNumber right) => left.Value > right.Value;

    public static bool operator <=(AttachNumber left, AttachNumber right) => left.Value <= right.Value;

    public static bool operator >=(AttachNumber left, AttachNumber right) => left.Value >= right.Value;
}
