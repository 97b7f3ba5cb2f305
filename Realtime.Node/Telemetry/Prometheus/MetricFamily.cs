using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Prometheus;

/// <summary>The series of one instrument. Measured on any thread; what gathers is looked for without a lock, because sets of labels are few and soon all known.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series of one instrument at most. Beyond it they share one, which says so: a label that was thought to be bounded must not fill the memory.</summary>
    public const int MostSeries = 1000;

    /// <summary>What the OpenTelemetry specification calls the series of the rest.</summary>
    private static readonly KeyValuePair<string, object?>[] Overflow = [new("otel_metric_overflow", "true")];

    /// <summary>The specification's, for instruments without advice.</summary>
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

    private readonly Lock _growing = new();
    private volatile MetricSeries[] _series = [];

    private MetricFamily(Instrument instrument, MetricKind kind, bool isObserved, IReadOnlyList<double> bounds)
    {
        Kind = kind;
        IsObserved = isObserved;
        Bounds = bounds;
        Name = PrometheusName.FamilyOf(instrument, kind);
        Unit = PrometheusName.UnitOf(instrument, kind);
        Help = instrument.Description ?? "";
        Source = instrument.Name;
    }

    public MetricKind Kind { get; }

    /// <summary>Read when somebody asks; the others report by themselves.</summary>
    public bool IsObserved { get; }

    public IReadOnlyList<double> Bounds { get; }

    public string Name { get; }

    public string? Unit { get; }

    public string Help { get; }

    /// <summary>What the instrument is called by its own program.</summary>
    public string Source { get; }

    public IReadOnlyList<MetricSeries> Series => _series;

    /// <returns>Null: a kind that is not known here.</returns>
    public static MetricFamily? Of(Instrument instrument)
    {
        var type = instrument.GetType();
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return open switch
        {
            _ when open == typeof(Counter<>) => new(instrument, MetricKind.Counter, false, []),
            _ when open == typeof(ObservableCounter<>) => new(instrument, MetricKind.Counter, true, []),
            _ when open == typeof(UpDownCounter<>) => new(instrument, MetricKind.Gauge, false, []),
            _ when open == typeof(Gauge<>) => new(instrument, MetricKind.Gauge, false, []),
            _ when open == typeof(ObservableUpDownCounter<>) || open == typeof(ObservableGauge<>) => new(instrument, MetricKind.Gauge, true, []),
            _ when open == typeof(Histogram<>) => new(instrument, MetricKind.Histogram, false, BoundsOf(instrument)),
            _ => null,
        };
    }

    public void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags) ?? Grow(tags);
        switch (Kind)
        {
            case MetricKind.Histogram:
                series.Count(value);
                break;
            case var _ when IsObserved || instrument is Gauge<double> or Gauge<long> or Gauge<int>:
                series.IsSeen = true;
                series.Set(value);
                break;
            default:
                series.Add(value);
                break;
        }
    }

    /// <summary>What is not measured now does not exist any more.</summary>
    public void BeginScrape()
    {
        foreach (var series in IsObserved ? _series : [])
        {
            series.IsSeen = false;
        }
    }

    public void EndScrape()
    {
        if (IsObserved)
        {
            lock (_growing)
            {
                _series = [.. _series.Where(series => series.IsSeen)];
            }
        }
    }

    private static IReadOnlyList<double> BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => bounds,
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => DefaultBounds,
    };

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in _series)
        {
            if (series.Has(tags))
            {
                return series;
            }
        }

        return null;
    }

    private MetricSeries Grow(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_growing)
        {
            if (Find(tags) is { } meanwhile)
            {
                return meanwhile;
            }

            if (_series.Length >= MostSeries && !tags.SequenceEqual(Overflow))
            {
                return Find(Overflow) ?? Grow(Overflow);
            }

            var series = new MetricSeries(tags.ToArray(), Bounds);
            _series = [.. _series, series];
            return series;
        }
    }
}
