using FsCheck;
using FsCheck.Fluent;
using Realtime.Node.Channels.Core;

namespace Realtime.Tests.Channels;

/// <summary>How many publishes there were over the last ten seconds.</summary>
public sealed class PublishRateTests
{
    private const long Start = 1_763_000_000_000;

    private readonly PublishRate _rate = new();

    [Fact]
    public void A_quiet_channel_has_none_and_keeps_nothing()
    {
        _rate.PerSecond(Start).ShouldBe(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _rate.PerSecond(Start + 5);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void A_burst_counts_at_once_for_ten_seconds_and_then_fades_within_one()
    {
        _rate.Add(50, Start + 500);
        _rate.PerSecond(Start + 500).ShouldBe(5);
        _rate.PerSecond(Start + 9_999).ShouldBe(5);
        _rate.PerSecond(Start + 10_250).ShouldBe(3.75);
        _rate.PerSecond(Start + 11_000).ShouldBe(0);
        _rate.PerSecond(Start + 1_000_000).ShouldBe(0);
    }

    [Fact]
    public void A_steady_stream_has_its_rate()
    {
        for (var at = Start; at < Start + 30_000; at += 100)
        {
            _rate.Add(1, at);
        }

        _rate.PerSecond(Start + 30_000).ShouldBe(10, 0.11);
        _rate.PerSecond(Start + 29_950).ShouldBe(10, 0.11);
    }

    [Fact]
    public void A_clock_that_goes_back_loses_nothing()
    {
        _rate.Add(10, Start);
        _rate.Add(10, Start - 60_000);
        _rate.PerSecond(Start - 30_000).ShouldBe(2);
        _rate.PerSecond(Start + 100).ShouldBe(2);
    }

    [Fact]
    public void It_never_differs_from_the_truth_by_more_than_the_oldest_second() =>
        Prop.ForAll(Gen.Choose(0, 4_000).Select(gap => (long)gap).ListOf().ToArbitrary(), gaps =>
        {
            var rate = new PublishRate();
            var times = new List<long>();
            var now = Start;
            foreach (var gap in gaps)
            {
                now += gap;
                times.Add(now);
                rate.Add(1, now);
                var least = times.Count(at => at > now - 9_000) / 10d;
                var most = times.Count(at => at > now - 11_000) / 10d;
                rate.PerSecond(now).ShouldBeInRange(least, most);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    [Fact]
    public void Counting_allocates_once()
    {
        _rate.Add(1, Start);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _rate.Add(1, Start + (i * 37));
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
