namespace Realtime.Messages.Ids;

/// <summary>
/// A connection on one node; counted from a random number in each process, so that what was meant for a connection of a node's last life
/// does not reach one of its next.
/// </summary>
public readonly record struct ConnectionId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
