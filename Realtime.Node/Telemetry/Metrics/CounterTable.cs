using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>
/// Counters that differ in their labels. All of them are named when the table is made, so that no traffic can make another: what is not in the table counts as
/// <c>other</c>.
/// </summary>
public sealed class CounterTable<TKey>
    where TKey : notnull
{
    private readonly FrozenDictionary<TKey, Row> _rows;
    private readonly Row _other;

    /// <param name="label">What tells the rows apart.</param>
    public CounterTable(string label, IEnumerable<TKey> keys, Func<TKey, string> name)
        : this(keys, key => [new(label, name(key))], [new(label, "other")])
    {
    }

    /// <param name="labels">All labels of a row.</param>
    /// <param name="other">The labels of what is in no row.</param>
    public CounterTable(IEnumerable<TKey> keys, Func<TKey, KeyValuePair<string, object?>[]> labels, KeyValuePair<string, object?>[] other)
    {
        _rows = keys.ToFrozenDictionary(key => key, key => new Row(new StripedCounter(), labels(key)));
        _other = new Row(new StripedCounter(), other);
    }

    public StripedCounter this[TKey key] => _rows.GetValueOrDefault(key, _other).Counter;

    /// <summary>Over all rows.</summary>
    public long Sum => _rows.Values.Sum(row => row.Counter.Value) + _other.Counter.Value;

    /// <summary>Rows that are 0 too: the rate of a series that begins with its first event does not show that event.</summary>
    public IEnumerable<Measurement<long>> Measure()
    {
        foreach (var row in _rows.Values)
        {
            yield return new Measurement<long>(row.Counter.Value, row.Labels);
        }

        if (_other.Counter.Value is > 0 and var rest)
        {
            yield return new Measurement<long>(rest, _other.Labels);
        }
    }

    private readonly record struct Row(StripedCounter Counter, KeyValuePair<string, object?>[] Labels);
}
