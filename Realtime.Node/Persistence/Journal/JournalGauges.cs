using System.Diagnostics.Metrics;

namespace Realtime.Node.Persistence.Journal;

/// <summary>How the journals stand, read when a metric is asked for.</summary>
public static class JournalGauges
{
    public static void Register(Meter meter, Journals journals)
    {
        ArgumentNullException.ThrowIfNull(meter);
        ArgumentNullException.ThrowIfNull(journals);
        JournalHandle[] both = [journals.Channels, journals.Sessions];
        meter.CreateObservableGauge(
            "realtime.store.healthy", () => both.All(journal => journal.State.Trouble is null) ? 1 : 0, "{state}", "1 while the store takes writes.");
        meter.CreateObservableGauge(
            "realtime.store.breaker.open", Of(journal => journal.State.Breaker is BreakerState.Closed ? 0L : 1), "{state}", "1 while writes fail without being tried.");
        meter.CreateObservableUpDownCounter(
            "realtime.store.queue.writes", Of(journal => (long)journal.Gate.QueuedWrites), "{write}", "Writes that wait for the store or are under way.");
        meter.CreateObservableUpDownCounter("realtime.store.queue.bytes", Of(journal => journal.Gate.QueuedBytes), "By", "Bytes of these writes.");
        meter.CreateObservableGauge("realtime.store.queue.utilization", Of(journal => journal.Gate.Utilization), "1", "The part of the queue's bounds that is taken.");
        meter.CreateObservableUpDownCounter(
            "realtime.store.queue.waiting", Of(journal => (long)journal.Gate.Waiting), "{write}", "Writes that found the queue full and wait before it.");
        meter.CreateObservableUpDownCounter(
            "realtime.store.reads.waiting", Of(journal => (long)journal.State.RecoveriesWaiting), "{read}", "Reads of logs that wait for their turn or are under way.");

        Func<IEnumerable<Measurement<T>>> Of<T>(Func<JournalHandle, T> value)
            where T : struct => () => both.Select(journal => new Measurement<T>(value(journal), new KeyValuePair<string, object?>("journal", journal.Name)));
    }
}
