using System.Diagnostics.Metrics;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Telemetry.Prometheus;

/// <summary>
/// The metrics of a node as text for Prometheus: its own, and those of the runtime and the web server that matter to who runs it. Hears the
/// meter of this node and no other node's in the process, which OpenTelemetry's exporter cannot (docs/decisions/0028-libraries-for-tests-and-telemetry.md).
/// </summary>
public sealed class PrometheusExporter : IDisposable
{
    /// <summary>Of the process: there is one of each.</summary>
    private static readonly HashSet<string> OfProcess = new(StringComparer.Ordinal) { "System.Runtime" };

    /// <summary>Of the web server: each host has its own.</summary>
    private static readonly HashSet<string> OfHost = new(StringComparer.Ordinal) { "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Hosting" };

    private readonly Meter _meter;
    private readonly object? _scope;
    private readonly string _node;
    private readonly string? _version;
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private readonly List<MetricFamily> _families = [];

    /// <param name="node">What tells its target apart: <c>service_instance_id</c>.</param>
    public PrometheusExporter(NodeInstruments metrics, string node)
    {
        _meter = metrics.Meter;
        _scope = metrics.Meter.Scope;
        _version = metrics.Meter.Version;
        _node = node;
        _listener.InstrumentPublished = Published;
        _listener.SetMeasurementEventCallback<byte>(static (instrument, value, tags, state) => Measured(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<short>(static (instrument, value, tags, state) => Measured(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (instrument, value, tags, state) => Measured(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, state) => Measured(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<float>(static (instrument, value, tags, state) => Measured(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<double>(static (instrument, value, tags, state) => Measured(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>(static (instrument, value, tags, state) => Measured(instrument, (double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Everything there is now.</summary>
    /// <param name="isOpenMetrics">OpenMetrics 1.0.0; else the text format 0.0.4.</param>
    public string Scrape(bool isOpenMetrics)
    {
        // One at a time: two would each take from the other what they have just measured.
        lock (_scraping)
        {
            MetricFamily[] families;
            lock (_families)
            {
                families = [.. _families];
            }

            Array.ForEach(families, static family => family.BeginScrape());
            _listener.RecordObservableInstruments();
            Array.ForEach(families, static family => family.EndScrape());
            var text = new PrometheusText(isOpenMetrics);
            text.Target(NodeInstruments.Name, _node, _version);
            foreach (var family in families.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                text.Write(family);
            }

            return text.End();
        }
    }

    /// <summary>Whatever can be exported, whether or not it has been measured yet.</summary>
    internal IReadOnlyList<MetricFamily> Families
    {
        get
        {
            lock (_families)
            {
                return [.. _families];
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((MetricFamily)state!).Measured(instrument, value, tags);

    private void Published(Instrument instrument, MeterListener listener)
    {
        if (!IsOurs(instrument.Meter) || MetricFamily.Of(instrument) is not { } family)
        {
            return;
        }

        lock (_families)
        {
            // Two families of one name would make the whole answer unreadable.
            if (_families.Exists(known => known.Name == family.Name))
            {
                return;
            }

            _families.Add(family);
        }

        listener.EnableMeasurementEvents(instrument, family);
    }

    private bool IsOurs(Meter meter) => ReferenceEquals(meter, _meter) || OfProcess.Contains(meter.Name) ||
        (OfHost.Contains(meter.Name) && _scope is not null && ReferenceEquals(meter.Scope, _scope));
}
