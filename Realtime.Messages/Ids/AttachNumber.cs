namespace Realtime.Messages.Ids;

/// <summary>
/// Counts the attachments of one session. What a connection tells its session carries the number it was given, and the session
/// refuses older ones: otherwise a connection that has been taken over could still change the session.
/// </summary>
public readonly record struct AttachNumber(long Value) : IComparable<AttachNumber>
{
    public AttachNumber Next => new(Value + 1);

    public int CompareTo(AttachNumber other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(AttachNumber left, AttachNumber right) => left.Value < right.Value;

    public static bool operator >(AttachNumber left, AttachNumber right) => left.Value > right.Value;

    public static bool operator <=(AttachNumber left, AttachNumber right) => left.Value <= right.Value;

    public static bool operator >=(AttachNumber left, AttachNumber right) => left.Value >= right.Value;
}
