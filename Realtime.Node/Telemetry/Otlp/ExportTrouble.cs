using System.Diagnostics.Tracing;
using System.Globalization;

namespace Realtime.Node.Telemetry.Otlp;

/// <summary>
/// Hears what the exporter says of its failures: it tells them to an event source and to nobody else, and an export that fails unheard is found out about when the
/// figures are needed. Once per kind of trouble: a collector that is down fails every export.
/// </summary>
internal sealed class ExportTrouble : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private readonly Action<string> _tell;
    private readonly HashSet<int> _told = [];

    public ExportTrouble(Action<string> tell)
    {
        _tell = tell;
        foreach (var source in EventSource.GetSources())
        {
            Follow(source);
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        base.OnEventSourceCreated(eventSource);

        // Called by the base class before there is anybody to tell; those sources are followed by the constructor.
        if (_tell is not null)
        {
            Follow(eventSource);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (_told)
        {
            if (!_told.Add(eventData.EventId))
            {
                return;
            }
        }

        var details = string.Join(", ", eventData.Payload?.Select(part => Convert.ToString(part, CultureInfo.InvariantCulture)?.Split('\n')[0]) ?? []);
        _tell($"{eventData.EventName} ({details})");
    }

    private void Follow(EventSource source)
    {
        if (source.Name == Source)
        {
            EnableEvents(source, EventLevel.Warning);
        }
    }
}
