using Realtime.Messages.Errors;
using Realtime.Messages.Operators;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.Telemetry;

public sealed class NodeInstrumentsTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly NodeInstruments _metrics;

    public NodeInstrumentsTests() =>
        _metrics = new NodeInstruments(new MetricLabels { Namespaces = [new("chat", "journal")], Codecs = ["json"] }, _clock);

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void A_node_at_which_nothing_happens_has_rates_of_nothing()
    {
        _clock.Advance(TimeSpan.FromSeconds(3));

        _metrics.Rates.ShouldBe(NodeRates.Nothing);
    }

    [Fact]
    public void Rates_are_those_of_the_last_ten_seconds()
    {
        for (var second = 0; second < 30; second++)
        {
            // A hundred a second at first, and ten at the end.
            var count = second < 20 ? 100 : 10;
            _metrics.Channels.Published["chat"].Add(count);
            _metrics.Channels.Delivered["chat"].Add(count * 7);
            _metrics.Connections.BytesOut.Add(count * 1000);
            _metrics.Connections.Errors[ErrorCode.Forbidden].Add(1);
            _metrics.Connections.Refused[RefusalReason.Rate].Add(2);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _metrics.Rates.ShouldBe(new NodeRates(10, 70, 10_000, 1, 2, null, null, 0, 0));
    }

    [Fact]
    public void Percentiles_are_right_to_about_a_tenth_and_forget_what_is_long_ago()
    {
        for (var i = 0; i < 1000; i++)
        {
            _metrics.Channels.PublishAnswered(TimeSpan.FromSeconds(9), "journal", "ok");
        }

        _clock.Advance(TimeSpan.FromSeconds(15));
        for (var i = 1; i <= 100; i++)
        {
            _metrics.Channels.PublishAnswered(TimeSpan.FromMilliseconds(i), "journal", "ok");
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        _metrics.Rates.PublishP50Ms!.Value.ShouldBeInRange(50, 58);
        _metrics.Rates.PublishP99Ms!.Value.ShouldBeInRange(99, 113);

        _clock.Advance(TimeSpan.FromSeconds(12));
        _metrics.Rates.PublishP99Ms.ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(0.007)]
    [InlineData(0.008)]
    [InlineData(1)]
    [InlineData(123.456)]
    [InlineData(60_000)]
    [InlineData(10_000_000)]
    public void Any_duration_has_a_bucket_that_is_not_much_wider(double milliseconds)
    {
        var counts = new LatencyCounts();
        var (before, after) = (new long[LatencyCounts.Size], new long[LatencyCounts.Size]);
        counts.CopyTo(before);
        counts.Add(TimeSpan.FromMilliseconds(milliseconds));
        counts.CopyTo(after);

        var longest = Math.Min(milliseconds, LatencyCounts.LongestMilliseconds);
        LatencyCounts.Percentile(before, after, 0.5)!.Value.ShouldBeInRange(longest * 0.85, (longest * 1.13) + 0.0011);
    }

    [Fact]
    public void A_counter_loses_nothing_to_many_threads()
    {
        var counter = new StripedCounter();

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1);
            }
        });

        counter.Value.ShouldBe(80_000);
    }

    [Fact]
    public void What_is_in_no_row_counts_as_other()
    {
        var table = new CounterTable<string>("namespace", ["a"], static name => name);
        table["a"].Add(1);
        table["made up"].Add(2);
        table["made up too"].Add(3);

        table.Sum.ShouldBe(6);
        table.Measure().Select(row => (row.Tags[0].Value, row.Value)).ShouldBe([("a", 1), ("other", 5)]);
    }
}
