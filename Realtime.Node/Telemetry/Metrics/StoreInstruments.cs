using System.Diagnostics.Metrics;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>What the store does with the writes and reads of this node's two journals.</summary>
public sealed class StoreInstruments
{
    /// <param name="meter">Null: nothing is exported, and everything is counted all the same.</param>
    public StoreInstruments(Meter? meter = null)
    {
        var writes = meter?.CreateHistogram<double>(
            "realtime.store.write.duration", "s", "How long a write took, from the journal's queue to its commit or failure.", advice: Buckets.Seconds);
        var commits = meter?.CreateHistogram<double>(
            "realtime.store.commit.duration", "s", "How long a transaction took; many writes share one.", advice: Buckets.Seconds);
        Channels = new JournalInstruments("channels", writes, commits);
        Sessions = new JournalInstruments("sessions", writes, commits);
        meter?.CreateObservableCounter(
            "realtime.store.writes", () => Both(journal => journal.Writes), "{write}", "Writes of logs, by outcome.");
        meter?.CreateObservableCounter(
            "realtime.store.reads", () => Both(journal => journal.Reads), "{read}", "Reads of logs by recoveries and by readers, by outcome.");
    }

    public JournalInstruments Channels { get; }

    public JournalInstruments Sessions { get; }

    private IEnumerable<Measurement<long>> Both<TKey>(Func<JournalInstruments, CounterTable<TKey>> table)
        where TKey : notnull => [.. table(Channels).Measure(), .. table(Sessions).Measure()];
}
