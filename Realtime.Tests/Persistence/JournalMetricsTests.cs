using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Realtime.Node.Persistence.Journal;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Persistence;

/// <summary>What the journals count of their writes and reads, and how their gauges stand.</summary>
[Collection(ActorSystems.Name)]
public sealed class JournalMetricsTests : IAsyncDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);

    private readonly Meter _meter = new("journal metrics");
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, string Labels, double Value)> _measured = new();
    private SqliteEventStoreCase _stage = new(memory: false);

    public JournalMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.Start();
    }

    [Fact]
    public async Task Writes_count_by_journal_and_those_that_gather_share_a_transaction()
    {
        await StartAsync();
        var plug = await _stage.LogAsync("plug");
        var logs = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _stage.LogAsync($"log-{i}")));
        var session = await _stage.LogAsync("s", _stage.Journals.Sessions);
        Task<object>[] answers;
        await using (await _stage.HoldWritesAsync())
        {
            var first = EventStoreCase.AppendAsync(plug, "1");
            await Soon.IsTrueAsync(() => _stage.Channels.Gate.QueuedWrites == 1, "the first write to be under way");
            answers = [first, .. logs.Select(log => EventStoreCase.AppendAsync(log, "1"))];
            await Soon.IsTrueAsync(() => Gauge("realtime.store.queue.writes", "journal=channels") == 51, "all writes to wait");
            Gauge("realtime.store.queue.bytes", "journal=channels").ShouldBeGreaterThan(50);
            Gauge("realtime.store.queue.utilization", "journal=channels").ShouldBe(51 / 5000.0, 1e-9);
            Gauge("realtime.store.queue.writes", "journal=sessions").ShouldBe(0);
        }

        await Task.WhenAll(answers).Within("all answers");
        await EventStoreCase.AppendAsync(session, "1");

        _stage.Metrics.Channels.Writes[WriteOutcome.Committed].Value.ShouldBe(51);
        _stage.Metrics.Sessions.Writes[WriteOutcome.Committed].Value.ShouldBe(1);
        Durations("realtime.store.write.duration", "journal=channels,outcome=committed").Count.ShouldBe(51);
        Durations("realtime.store.write.duration", "journal=sessions,outcome=committed").Count.ShouldBe(1);
        await Soon.IsTrueAsync(() => Durations("realtime.store.commit.duration", "journal=sessions").Count == 1, "the transaction of the session");
        Durations("realtime.store.commit.duration", "journal=channels").Count
            .ShouldBeInRange(2, 50, "the first write alone, the others together, as far as the journal has taken them up before it may write");
        Gauge("realtime.store.healthy", "").ShouldBe(1);
    }

    [Fact]
    public async Task A_conflict_counts_once_and_a_neighbour_that_is_written_again_counts_as_committed()
    {
        await StartAsync();
        var plug = await _stage.LogAsync("plug");
        var (guilty, innocent) = (await _stage.LogAsync("guilty"), await _stage.LogAsync("innocent"));
        await _stage.InsertAsync("guilty", 1);
        Task<object>[] answers;
        await using (await _stage.HoldWritesAsync())
        {
            var first = EventStoreCase.AppendAsync(plug, "1");
            await Soon.IsTrueAsync(() => _stage.Channels.Gate.QueuedWrites == 1, "the first write to be under way");
            answers = [first, EventStoreCase.AppendAsync(guilty, "1"), EventStoreCase.AppendAsync(innocent, "1")];
            await Soon.IsTrueAsync(() => _stage.Channels.Gate.QueuedWrites == 3, "all writes to wait");
        }

        await Task.WhenAll(answers).Within("all answers");

        Counts(_stage.Metrics.Channels).ShouldBe("committed 2, conflict 1");
    }

    [Fact]
    public async Task A_write_that_its_caller_has_given_up_is_unknown_and_counts_no_more_when_it_ends_and_the_outage_is_two_lines()
    {
        await StartAsync(options => options with { CallTimeout = CallTimeout });
        var log = await _stage.LogAsync("a");
        await using (await _stage.HoldWritesAsync())
        {
            await EventStoreCase.AppendAsync(log, "1");
            await Soon.IsTrueAsync(() => Counts(_stage.Metrics.Channels) == "unknown 1", "the write to be given up");
            Gauge("realtime.store.healthy", "").ShouldBe(0);
            Gauge("realtime.store.queue.writes", "journal=channels").ShouldBe(1);
            await Should.ThrowAsync<Exception>(_stage.RecoverAsync("a"), "its read waits for the write, and fails as well");
        }

        await Soon.IsTrueAsync(() => _stage.Channels.Gate.QueuedWrites == 0, "the store to end the write");
        Counts(_stage.Metrics.Channels).ShouldBe("unknown 1");
        var trouble = await _stage.Log.LineAsync(LogEvents.StoreFails);
        (trouble.Level, trouble.Values["Journal"], trouble.Values["Kind"]).ShouldBe((LogLevel.Warning, "channels", StoreFailureKind.OutOfReach));
        var over = await _stage.Log.LineAsync(LogEvents.StoreServesAgain);
        (over.Level, over.Values["Journal"]).ShouldBe((LogLevel.Information, "channels"));
    }

    [Fact]
    public async Task A_full_disk_shows_as_such()
    {
        _stage = new SqliteEventStoreCase(memory: false, options => options with { MaxBytes = 1 << 20 });
        await StartAsync();
        var log = await _stage.LogAsync("a");
        while (await EventStoreCase.AppendAsync(log, new string('x', 60_000)) is LogActor.Appended { Number: var number })
        {
            number.ShouldBeLessThan(100, "1 MiB does not take 6 MB");
        }

        _stage.Metrics.Channels.Writes[WriteOutcome.StorageFull].Value.ShouldBe(1);
    }

    [Fact]
    public async Task Reads_count_and_those_that_wait_for_a_write_show()
    {
        await StartAsync();
        var log = await _stage.LogAsync("a");
        var before = _stage.Metrics.Channels.Reads[true].Value;
        before.ShouldBeGreaterThan(0);
        Task<LogActor.Recovered> recovering;
        await using (await _stage.HoldWritesAsync())
        {
            var append = EventStoreCase.AppendAsync(log, "1");
            await Soon.IsTrueAsync(() => _stage.Channels.Gate.QueuedWrites == 1, "the write to be under way");
            recovering = _stage.RecoverAsync("a");
            await Soon.IsTrueAsync(() => Gauge("realtime.store.reads.waiting", "journal=channels") == 1, "the recovery to wait");
            _stage.Metrics.Channels.Reads[true].Value.ShouldBe(before);
            _ = append;
        }

        (await recovering).Texts.ShouldBe(["1"]);
        _stage.Metrics.Channels.Reads[true].Value.ShouldBe(before + 2, "the highest number, and the events");
        _stage.Metrics.Channels.Reads[false].Value.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _meter.Dispose();
        await _stage.DisposeAsync();
    }

    private async Task StartAsync(Func<JournalOptions, JournalOptions>? configure = null)
    {
        _stage.Metrics = new StoreInstruments(_meter);
        await _stage.StartAsync(configure);
        JournalGauges.Register(_meter, _stage.Journals);
    }

    private void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        where T : IConvertible =>
        _measured.Enqueue((instrument.Name, string.Join(',', labels.ToArray().Select(label => $"{label.Key}={label.Value}")), value.ToDouble(null)));

    private double Gauge(string name, string labels)
    {
        _listener.RecordObservableInstruments();
        return _measured.Last(measured => measured.Name == name && measured.Labels == labels).Value;
    }

    private List<double> Durations(string name, string labels) =>
        [.. _measured.Where(measured => measured.Name == name && measured.Labels == labels).Select(measured => measured.Value)];

    private static string Counts(JournalInstruments journal) => string.Join(
        ", ",
        Enum.GetValues<WriteOutcome>().Where(outcome => journal.Writes[outcome].Value > 0)
            .Select(outcome => $"{JournalInstruments.NameOf(outcome)} {journal.Writes[outcome].Value}"));
}
