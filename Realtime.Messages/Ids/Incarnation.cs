namespace Realtime.Messages.Ids;

/// <summary>
/// One life of a node in its cluster: given out by the store when it joins, never twice. A node that was declared dead and joins again
/// in the same process is another incarnation, so nothing meant for the first life can reach the second.
/// </summary>
public readonly record struct Incarnation(long Value) : IComparable<Incarnation>
{
    public bool IsNone => Value == 0;

    public int CompareTo(Incarnation other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(Incarnation left, Incarnation right) => left.Value < right.Value;

    public static bool operator >(Incarnation left, Incarnation right) => left.Value > right.Value;

    public static bool operator <=(Incarnation left, Incarnation right) => left.Value <= right.Value;

    public static bool operator >=(Incarnation left, Incarnation right) => left.Value >= right.Value;
}
