using FsCheck;
using FsCheck.Fluent;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Telemetry.Metrics;

namespace Realtime.Tests.Connections;

/// <summary>Rates that several connections share, and rates in bytes.</summary>
public sealed class QuotaRateTests
{
    private static readonly QuotaPolicy Policy = new()
    {
        Sockets = 10, Handshakes = 10, HandshakeBurst = 10, Requests = 50, RequestBurst = 100, Bytes = 1_000, Subscriptions = 10, Presence = 10,
    };

    [Fact]
    public void Over_any_time_no_more_bytes_pass_than_burst_plus_rate_times_time()
    {
        // What is larger than the burst costs the burst: it passes with an empty record, and nothing after it for a while.
        Prop.ForAll(Gen.Choose(0, 400).Zip(Gen.Choose(0, 3_000)).ArrayOf().ToArbitrary(), steps =>
        {
            var rate = RequestRate.Of(1_000, 4_000, 100_000);
            long now = 0;
            var passed = 0;
            foreach (var (pause, bytes) in steps)
            {
                now += pause;
                passed += rate.TryTake(now, bytes) ? bytes : 0;
                ((double)passed).ShouldBeLessThanOrEqualTo(4_000 + now + 1e-6);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(200).WithQuietOnSuccess(true));
    }

    [Fact]
    public void A_debt_is_paid_at_the_rate_and_what_is_waited_for_is_enough()
    {
        Prop.ForAll(Gen.Choose(0, 400).Zip(Gen.Choose(0, 500)).ArrayOf().ToArbitrary(), steps =>
        {
            var bucket = new TokenBucket(rate: 50, burst: 50);
            long now = 0;
            var owed = 0;
            foreach (var (pause, count) in steps)
            {
                now += pause;
                if (!bucket.TryTake(now, 0))
                {
                    var wait = bucket.Wait(0);
                    var early = bucket;
                    early.TryTake(now + wait - 1, 0).ShouldBeFalse();
                    bucket.TryTake(now + wait, 0).ShouldBeTrue();
                    now += wait;
                }

                // Before a request that is let in, everything before it is paid for.
                ((double)owed).ShouldBeLessThanOrEqualTo(50 + (now * 50 / 1000.0) + 1e-6);
                bucket.Owe(now, count);
                owed += count;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(100).WithQuietOnSuccess(true));
    }

    [Fact]
    public void Connections_of_one_user_that_obey_are_all_served_and_none_is_closed()
    {
        var quota = new Quota(LimitScope.User, Policy with { Bytes = 1_000_000 });
        var waiting = new PriorityQueue<int, long>(Enumerable.Range(0, 180).Select(id => (id, 0L)));
        var sent = waiting.Count;
        var served = 0;
        while (waiting.TryDequeue(out var id, out var now))
        {
            if (quota.Request(10, now) is not { } over)
            {
                served++;
                if (sent < 3_000)
                {
                    waiting.Enqueue(sent++, now);
                }

                continue;
            }

            over.Kind.ShouldBe(LimitKind.Requests);
            over.IsFlood.ShouldBeFalse();
            waiting.Enqueue(id, now + over.RetryAfter);
        }

        served.ShouldBe(3_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    [InlineData(500)]
    public void Ten_times_the_rate_is_a_flood_within_minutes_and_twice_the_rate_never_is(int rate)
    {
        Floods(10).ShouldBe(rate >= 2);
        Floods(2).ShouldBeFalse();

        bool Floods(int times)
        {
            var limit = RequestRate.Of(rate, rate * 4, ConnectionQuota.FloodAfter);
            for (var asked = 0; asked < rate * times * 300; asked++)
            {
                var now = asked * 1000L / (rate * times);
                if (!limit.TryTake(now) && RequestRateTests.Refuse(ref limit, now) is null)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
