using System.Diagnostics;
using Realtime.Messages.Positions;
using Realtime.Messages.Traces;
using Realtime.Node.Feeds.Core;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Tracing;

namespace Realtime.Node.Feeds;

/// <summary>
/// Counts what one feed gives to its subscribers, and keeps the spans of traced publishes until they are fanned out. A run is added to the
/// node's counters once, whatever the number of subscribers.
/// </summary>
internal sealed class FeedMeter(string space, SubscriberCount subscribers, FeedSetup setup)
{
    private readonly StripedCounter _delivered = setup.Channels.Delivered[space];
    private IReadOnlyList<TraceContext> _causes = [];
    private long _pending;
    private int _total;
    private int _behind;

    /// <summary>The feed has started.</summary>
    public void Open() => setup.Channels.CountFeed(1);

    /// <summary>A batch of these traces waits to be fanned out.</summary>
    public void Gathered(IReadOnlyList<TraceContext> causes)
    {
        if (causes.Count > 0)
        {
            _causes = [.. _causes, .. causes];
        }
    }

    /// <summary>What was gathered is about to be fanned out; null unless it is traced.</summary>
    public Activity? Begin()
    {
        if (_causes.Count == 0)
        {
            return null;
        }

        var causes = _causes;
        _causes = [];
        return setup.Tracing.FanOut(causes, space);
    }

    public void End(Activity? span, int messages)
    {
        if (span is not null)
        {
            span.SetTag("realtime.messages", messages);
            span.SetTag("realtime.subscribers", subscribers.Total);
            span.SetTag("realtime.deliveries", _pending);
            NodeTracing.End(span);
        }
    }

    /// <summary>So many messages were queued for one subscriber.</summary>
    public void Count(int messages) => _pending += messages;

    public void CountGap(GapReason reason) => setup.Connections.Gaps[reason].Add(1);

    /// <summary>Adds to the node's counters what has changed.</summary>
    public void Publish()
    {
        if (_pending > 0)
        {
            _delivered.Add(_pending);
            _pending = 0;
        }

        if (subscribers.Total != _total || subscribers.Behind != _behind)
        {
            setup.Subscribers.Add(subscribers.Total - _total, subscribers.Behind - _behind);
            (_total, _behind) = (subscribers.Total, subscribers.Behind);
        }
    }

    /// <summary>The feed has stopped: its subscribers are not counted any more.</summary>
    public void Close()
    {
        setup.Channels.CountFeed(-1);
        setup.Subscribers.Add(-_total, -_behind);
        (_total, _behind) = (0, 0);
    }
}
