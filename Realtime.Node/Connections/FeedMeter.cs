using System.Diagnostics;
using Realtime.Cluster.Telemetry.Metrics;
using Realtime.Cluster.Telemetry.Tracing;
using Realtime.Messages.Traces;

namespace Realtime.Node.Connections;

/// <summary>
/// Counts what a feed gives to its subscribers, and keeps the span of a run that is traced. A run is counted once, whatever the number of subscribers. Used on
/// the feed's turn.
/// </summary>
internal sealed class FeedMeter(string space, RelayServices services)
{
    private readonly Tally _delivered = services.Figures.Delivered[space];
    private IReadOnlyList<TraceContext> _causes = [];
    private long _pending;

    /// <summary>News of these traces are gathered.</summary>
    public void Gathered(IReadOnlyList<TraceContext> causes)
    {
        if (causes.Count > 0)
        {
            _causes = [.. _causes, .. causes];
        }
    }

    /// <summary>What was gathered is about to go out.</summary>
    public Activity? Begin()
    {
        Flush();
        if (_causes.Count == 0)
        {
            return null;
        }

        var causes = _causes;
        _causes = [];
        return services.Tracing.FanOut(causes, space);
    }

    public void End(Activity? span, int messages, int subscribers)
    {
        if (span is not null)
        {
            span.SetTag("realtime.messages", messages);
            span.SetTag("realtime.subscribers", subscribers);
            span.SetTag("realtime.deliveries", _pending);
            NodeTracing.End(span);
        }

        Flush();
    }

    /// <summary>So many messages were queued for one subscriber: a plain addition, because there may be a hundred thousand of them.</summary>
    public void Count(int messages) => _pending += messages;

    /// <summary>Adds to the node's count what has gathered.</summary>
    public void Flush()
    {
        if (_pending > 0)
        {
            _delivered.Add(_pending);
            _pending = 0;
        }
    }
}
