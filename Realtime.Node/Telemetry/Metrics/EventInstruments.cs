using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>Events on their way to the application, by who takes them.</summary>
public sealed class EventInstruments
{
    private static readonly string[] Outcomes = ["delivered", "failed", "held"];

    private readonly ConcurrentDictionary<(string Target, string Outcome), StripedCounter> _tried = new();
    private readonly ConcurrentDictionary<string, StripedCounter> _died = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Target, int Partition), DeliveryStatus> _deliveries = new();

    /// <param name="meter">Null: nothing is exported.</param>
    public EventInstruments(Meter? meter, TimeProvider time)
    {
        if (meter is null)
        {
            return;
        }

        meter.CreateObservableCounter(
            "realtime.events.deliveries",
            () => _tried.Select(entry => new Measurement<long>(entry.Value.Value, new KeyValuePair<string, object?>("target", entry.Key.Target), new("outcome", entry.Key.Outcome))),
            "{delivery}",
            "Tries to deliver an event.");
        meter.CreateObservableCounter(
            "realtime.events.dead",
            () => _died.Select(entry => new Measurement<long>(entry.Value.Value, new KeyValuePair<string, object?>("target", entry.Key))),
            "{event}",
            "Events that were given up and are dead letters.");
        meter.CreateObservableUpDownCounter(
            "realtime.events.waiting",
            () => ByTarget((_, deliveries) => (long)deliveries.Sum(delivery => delivery.Waiting)),
            "{event}",
            "Events that workers of this node have read and not settled.");
        meter.CreateObservableGauge(
            "realtime.events.lag",
            () => ByTarget((_, deliveries) => deliveries.Max(delivery => delivery.Lag(time.GetUtcNow().ToUnixTimeMilliseconds())) / 1000.0),
            "s",
            "Age of the oldest event that workers of this node have not settled.");
    }

    /// <summary>Makes the series of a target, so that its first event shows in a rate.</summary>
    public void Know(string target)
    {
        _died.GetOrAdd(target, static _ => new StripedCounter());
        foreach (var outcome in Outcomes)
        {
            _tried.GetOrAdd((target, outcome), static _ => new StripedCounter());
        }
    }

    public DeliveryStatus Of(string target, int partition) => _deliveries.GetOrAdd((target, partition), static _ => new DeliveryStatus());

    /// <param name="outcome"><c>delivered</c>, <c>failed</c> or <c>held</c>.</param>
    public void Tried(string target, string outcome) => _tried.GetOrAdd((target, outcome), static _ => new StripedCounter()).Add(1);

    public void Died(string target) => _died.GetOrAdd(target, static _ => new StripedCounter()).Add(1);

    /// <summary>What was counted of a target on this node.</summary>
    public (long Delivered, long Failed, long Dead, int Waiting, long LagMilliseconds) Look(string target, long now)
    {
        var deliveries = _deliveries.Where(entry => entry.Key.Target == target).Select(entry => entry.Value).ToList();
        return (
            Count("delivered"),
            Count("failed"),
            _died.TryGetValue(target, out var dead) ? dead.Value : 0,
            deliveries.Sum(delivery => delivery.Waiting),
            deliveries.Count == 0 ? 0 : deliveries.Max(delivery => delivery.Lag(now)));

        long Count(string outcome) => _tried.TryGetValue((target, outcome), out var counter) ? counter.Value : 0;
    }

    private IEnumerable<Measurement<T>> ByTarget<T>(Func<string, IEnumerable<DeliveryStatus>, T> value)
        where T : struct =>
        _deliveries.GroupBy(entry => entry.Key.Target, entry => entry.Value)
            .Select(group => new Measurement<T>(value(group.Key, group), new KeyValuePair<string, object?>("target", group.Key)));
}
