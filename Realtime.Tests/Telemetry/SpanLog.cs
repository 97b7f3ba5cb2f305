using System.Diagnostics;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Tests.Telemetry;

/// <summary>Hears every span of every node in this process: other tests' among them.</summary>
internal sealed class SpanLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public SpanLog()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == NodeInstruments.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (_gate)
                {
                    _ended.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> Ended
    {
        get
        {
            lock (_gate)
            {
                return [.. _ended];
            }
        }
    }

    public static string NodeOf(Activity span) => (string)span.GetTagItem("realtime.node")!;

    /// <summary>The spans of a trace that these nodes take part in, once there are so many.</summary>
    public async Task<IReadOnlyList<Activity>> TraceAsync(int spans, Func<IReadOnlyList<Activity>, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!deadline.IsCancellationRequested)
        {
            var found = Ended.GroupBy(span => span.TraceId).Select(trace => trace.ToList()).FirstOrDefault(trace => trace.Count >= spans && wanted(trace));
            if (found is not null)
            {
                return found;
            }

            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Waited in vain for a trace of {spans} spans; ended were: {string.Join(", ", Ended.Select(span => $"{span.OperationName}@{NodeOf(span)}"))}");
    }

    public void Dispose() => _listener.Dispose();
}
