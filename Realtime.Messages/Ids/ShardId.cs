namespace Realtime.Messages.Ids;

/// <summary>One of the fixed number of slots that entities are spread over; the unit of ownership.</summary>
public readonly record struct ShardId(int Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
