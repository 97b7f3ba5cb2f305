using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What sessions and channels on shards of this node do, and what its feeds give to subscribers.</summary>
public sealed class ChannelInstruments
{
    private readonly Histogram<double>? _duration;
    private long _sessions;
    private long _channels;
    private long _feeds;

    /// <param name="meter">Null: nothing is exported, and everything is counted all the same.</param>
    public ChannelInstruments(Meter? meter = null, IReadOnlyList<NamespaceLabels>? namespaces = null)
    {
        var known = namespaces ?? [];
        var labels = known.ToDictionary(space => space.Name, LabelsOf, StringComparer.Ordinal);
        Published = new CounterTable<string>(labels.Keys, name => labels[name], [new("namespace", "other"), new("durability", "other")]);
        Delivered = new CounterTable<string>("namespace", labels.Keys, static name => name);
        if (meter is null)
        {
            return;
        }

        meter.CreateObservableCounter(
            "realtime.messages.published", Published.Measure, "{message}", "Messages that channels on shards of this node have taken.");
        meter.CreateObservableCounter(
            "realtime.messages.delivered", Delivered.Measure, "{message}", "Messages that were queued for clients of this node, once for each subscriber.");
        _duration = meter.CreateHistogram(
            "realtime.publish.duration", "s", "From a publish's arrival at the channel to its answer.", advice: Buckets.Seconds);
        meter.CreateObservableUpDownCounter(
            "realtime.sessions", () => Interlocked.Read(ref _sessions), "{session}", "Sessions in memory, on shards of this node.");
        meter.CreateObservableUpDownCounter(
            "realtime.channels", () => Interlocked.Read(ref _channels), "{channel}", "Channels in memory, on shards of this node.");
        meter.CreateObservableUpDownCounter(
            "realtime.feeds", () => Interlocked.Read(ref _feeds), "{feed}", "Channels with subscribers on this node.");
        meter.CreateObservableCounter(
            "realtime.feeds.relistened", () => Relistened.Value, "{feed}", "Times that a feed of this node lost its channel's owner and listened anew.");
        meter.CreateObservableCounter(
            "realtime.renewal.pages", () => RenewalPages.Value, "{page}", "Lists of followed channels that this node's hubs have sent to other nodes.");
        meter.CreateObservableCounter(
            "realtime.batches.held", () => BatchesHeld.Value, "{batch}", "Batches that were not sent to a feed of another node, which had not taken those before.");
        meter.CreateObservableCounter(
            "realtime.logs.lost", () => LogsLost.Value, "{log}", "Logs of Memory channels that were lost between two owners.");
    }

    /// <summary>By namespace.</summary>
    public CounterTable<string> Published { get; }

    /// <summary>By namespace.</summary>
    public CounterTable<string> Delivered { get; }

    public StripedCounter Relistened { get; } = new();

    public StripedCounter RenewalPages { get; } = new();

    public StripedCounter BatchesHeld { get; } = new();

    public StripedCounter LogsLost { get; } = new();

    public long Sessions => Interlocked.Read(ref _sessions);

    public long Channels => Interlocked.Read(ref _channels);

    internal LatencyCounts Latencies { get; } = new();

    /// <summary>A publish was answered.</summary>
    /// <param name="durability">As in <see cref="NamespaceLabels"/>.</param>
    /// <param name="outcome"><c>ok</c> or the name of the error.</param>
    public void PublishAnswered(TimeSpan took, string durability, string outcome)
    {
        Latencies.Add(took);
        _duration?.Record(took.TotalSeconds, new("durability", durability), new("outcome", outcome));
    }

    /// <param name="change">1: one has come into memory. -1: one has left it.</param>
    public void CountSession(int change) => Interlocked.Add(ref _sessions, change);

    /// <param name="change">1: one has come into memory. -1: one has left it.</param>
    public void CountChannel(int change) => Interlocked.Add(ref _channels, change);

    /// <param name="change">1: one has started. -1: one has stopped.</param>
    public void CountFeed(int change) => Interlocked.Add(ref _feeds, change);

    private static KeyValuePair<string, object?>[] LabelsOf(NamespaceLabels space) => [new("namespace", space.Name), new("durability", space.Durability)];
}
