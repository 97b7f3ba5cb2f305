using System.Diagnostics;
using Realtime.Messages.Traces;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Node.Telemetry.Tracing;

/// <summary>
/// The spans of a publish: <c>publish</c> at the connection, <c>append</c> at the channel, <c>commit</c> of the batch it shared, and one <c>fan-out</c> at each node
/// with subscribers. Which publishes are traced is decided once, at the connection, before anything is made for it: the rest pay for one comparison.
/// </summary>
public sealed class NodeTracing : IDisposable
{
    /// <summary>2^64 over the golden ratio.</summary>
    private const long GoldenRatio = unchecked((long)0x9E3779B97F4A7C15);

    private readonly ActivitySource? _source;
    private readonly string _node;
    private readonly double _ratio;
    private long _turn;

    /// <param name="node">The node's name: several of them can be in one process.</param>
    /// <param name="ratio">Share of publishes that are traced while somebody listens, 0 to 1.</param>
    public NodeTracing(string node, string? version, double ratio)
    {
        _source = new ActivitySource(NodeInstruments.Name, version ?? "");
        _node = node;
        _ratio = ratio;
    }

    private NodeTracing() => _node = "";

    /// <summary>Traces nothing.</summary>
    public static NodeTracing Off { get; } = new();

    /// <summary>A client publishes; null: not traced.</summary>
    public Activity? Publish(string space) =>
        _source is { } source && source.HasListeners() && IsChosen() ? Start("publish", ActivityKind.Server, default, [], space) : null;

    /// <summary>A channel takes a publish that is traced.</summary>
    public Activity? Append(TraceContext cause, string space) => Start("append", ActivityKind.Consumer, ToActivity(cause), [], space);

    /// <summary>A batch is written: a child of the first publish in it that is traced, with links to the others.</summary>
    public Activity? Commit(IReadOnlyList<TraceContext> causes, int messages, string space)
    {
        var commit = Start("commit", ActivityKind.Client, ToActivity(causes[0]), causes, space);
        commit?.SetTag("realtime.messages", messages);
        return commit;
    }

    /// <summary>A node gives a run of messages to its subscribers: one span, however many those are.</summary>
    public Activity? FanOut(IReadOnlyList<TraceContext> causes, string space) =>
        Start("fan-out", ActivityKind.Consumer, ToActivity(causes[0]), causes, space);

    public static TraceContext? ContextOf(Activity? span) => span is { Recorded: true } ? new TraceContext(span.TraceId, span.SpanId) : null;

    /// <summary>Ends a span without a trace of it on the thread: turns of other actors come next on it.</summary>
    /// <param name="error">As in metrics; null: it went well.</param>
    public static void End(Activity? span, string? error = null)
    {
        if (span is null)
        {
            return;
        }

        if (error is not null)
        {
            span.SetTag("error.type", error);
            span.SetStatus(ActivityStatusCode.Error);
        }

        var before = Activity.Current;
        span.Stop();
        Activity.Current = before;
    }

    public void Dispose() => _source?.Dispose();

    /// <summary>
    /// Every so many, at even distances that fit no rhythm of the publishers' (the golden ratio's additive recurrence): costs an addition, and needs no random number.
    /// </summary>
    private bool IsChosen() => (Interlocked.Add(ref _turn, GoldenRatio) >>> 11) * (1.0 / (1L << 53)) < _ratio;

    private Activity? Start(string name, ActivityKind kind, ActivityContext cause, IReadOnlyList<TraceContext> causes, string space)
    {
        if (_source is null)
        {
            return null;
        }

        // What happens to be current on a thread of the pool, or was when a socket was accepted, has no part in this; and nothing may stay behind.
        var before = Activity.Current;
        Activity.Current = null;
        try
        {
            var links = causes.Count < 2 ? null : causes.Skip(1).Select(other => new ActivityLink(ToActivity(other)));
            return _source.StartActivity(
                name, kind, cause, [new("realtime.node", _node), new("realtime.namespace", space), new("messaging.system", "realtime")], links);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    private static ActivityContext ToActivity(TraceContext context) =>
        new(context.Trace, context.Span, ActivityTraceFlags.Recorded, isRemote: true);
}
