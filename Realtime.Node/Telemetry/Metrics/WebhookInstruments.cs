using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What the application's endpoints are asked. The names of endpoints are a set that the configuration closes.</summary>
public sealed class WebhookInstruments
{
    private readonly Histogram<double>? _decision;
    private readonly ConcurrentQueue<(KeyValuePair<string, object?>[] Labels, Func<bool> IsOpen)> _breakers = [];

    /// <param name="meter">Null: nothing is exported.</param>
    public WebhookInstruments(Meter? meter = null)
    {
        if (meter is null)
        {
            return;
        }

        _decision = meter.CreateHistogram(
            "realtime.webhooks.decision.duration", "s", "From a question to the verdict that an endpoint's answer, or the lack of one, came to.", advice: Buckets.Seconds);
        meter.CreateObservableGauge(
            "realtime.webhooks.breaker.open",
            () => _breakers.Select(breaker => new Measurement<int>(breaker.IsOpen() ? 1 : 0, breaker.Labels)),
            description: "Whether an endpoint is not asked, because it has failed too often.");
    }

    /// <param name="kind"><c>decisions</c> or <c>events</c>.</param>
    public void Observe(string endpoint, string kind, Func<bool> isOpen) => _breakers.Enqueue(([new("endpoint", endpoint), new("kind", kind)], isOpen));

    /// <param name="outcome"><c>allowed</c>, <c>refused</c>, <c>timeout</c>, <c>failed</c> or <c>not_asked</c>.</param>
    public void Decided(string endpoint, string hook, string outcome, TimeSpan took) =>
        _decision?.Record(took.TotalSeconds, new("endpoint", endpoint), new("hook", hook), new("outcome", outcome));
}
