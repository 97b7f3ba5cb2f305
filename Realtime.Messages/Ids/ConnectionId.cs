namespace Realtime.Messages.Ids;

/// <summary>A connection on one node; counted from 1 in each process, never reused within it.</summary>
public readonly record struct ConnectionId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
