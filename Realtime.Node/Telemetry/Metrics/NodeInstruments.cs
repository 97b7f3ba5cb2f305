using System.Diagnostics.Metrics;
using Realtime.Messages.Operators;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>
/// Everything that one node counts, its <see cref="Meter"/>, and the rates that operators are shown. Each node has its own, so that several in one process do
/// not mix.
/// </summary>
public sealed class NodeInstruments : IDisposable
{
    /// <summary>Of the meter and of the source of activities.</summary>
    public const string Name = "Realtime";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly RateWindow _window = new(Window);
    private readonly ITimer _timer;
    private volatile NodeRates _rates = NodeRates.Nothing;

    /// <param name="labels">What its series may be told apart by.</param>
    /// <param name="meters">Null: a meter of its own.</param>
    public NodeInstruments(MetricLabels labels, TimeProvider time, IMeterFactory? meters = null)
    {
        var options = new MeterOptions(Name) { Version = labels.Version };
        Meter = meters?.Create(options) ?? new Meter(options);
        _time = time;
        _started = time.GetTimestamp();
        Channels = new ChannelInstruments(Meter, labels.Namespaces);
        Connections = new ConnectionInstruments(Meter, labels.Codecs);
        Store = new StoreInstruments(Meter);
        Schedules = new ScheduleInstruments(Meter);
        Webhooks = new WebhookInstruments(Meter);
        Events = new EventInstruments(Meter, time);
        Meter.CreateObservableGauge("realtime.uptime", () => time.GetElapsedTime(_started).TotalSeconds, "s", "Time since this node began.");
        Meter.CreateObservableGauge(
            "realtime.memory.limit", static () => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "By", "Memory that this process may use, by its container or machine.");
        _timer = time.CreateTimer(static metrics => ((NodeInstruments)metrics!).Look(), this, Tick, Tick);
        Look();
    }

    public Meter Meter { get; }

    public ChannelInstruments Channels { get; }

    public ConnectionInstruments Connections { get; }

    public StoreInstruments Store { get; }

    public ScheduleInstruments Schedules { get; }

    public WebhookInstruments Webhooks { get; }

    public EventInstruments Events { get; }

    /// <summary>Over the last ten seconds, as of the last full second. Cheap: read it as often as you like.</summary>
    public NodeRates Rates => _rates;

    public void Dispose()
    {
        _timer.Dispose();
        Meter.Dispose();
    }

    private void Look()
    {
        lock (_window)
        {
            var latencies = new long[LatencyCounts.Size];
            Channels.Latencies.CopyTo(latencies);
            _window.Add(new RateWindow.Sample(
                _time.GetElapsedTime(_started),
                Channels.Published.Sum,
                Channels.Delivered.Sum,
                Connections.BytesOut.Value,
                Connections.Errors.Sum,
                Connections.Refused.Sum,
                latencies));
            if (_window.Span is var (before, after) && after.At > before.At)
            {
                _rates = Between(before, after);
            }
        }
    }

    private NodeRates Between(RateWindow.Sample before, RateWindow.Sample after)
    {
        var seconds = (after.At - before.At).TotalSeconds;
        var load = Connections.Load;
        return new NodeRates(
            (after.Publishes - before.Publishes) / seconds,
            (after.Deliveries - before.Deliveries) / seconds,
            (after.BytesOut - before.BytesOut) / seconds,
            (after.Errors - before.Errors) / seconds,
            (after.Refused - before.Refused) / seconds,
            LatencyCounts.Percentile(before.Latencies, after.Latencies, 0.5),
            LatencyCounts.Percentile(before.Latencies, after.Latencies, 0.99),
            load.Behind,
            load.Queued);
    }
}
