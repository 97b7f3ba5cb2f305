using FsCheck;
using FsCheck.Fluent;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

public sealed class TokenBucketTests
{
    [Fact]
    public void A_bucket_gives_its_burst_at_once_and_then_its_rate()
    {
        var bucket = new TokenBucket(rate: 10, burst: 3);
        for (var i = 0; i < 3; i++)
        {
            bucket.TryTake(1000).ShouldBeTrue();
        }

        bucket.TryTake(1000).ShouldBeFalse();
        bucket.Wait().ShouldBe(100);
        bucket.TryTake(1099).ShouldBeFalse();
        bucket.TryTake(1100).ShouldBeTrue();
        bucket.TryTake(1100).ShouldBeFalse();
    }

    [Fact]
    public void A_bucket_never_holds_more_than_its_burst_however_long_it_rests()
    {
        var bucket = new TokenBucket(rate: 1000, burst: 5);
        bucket.TryTake(0).ShouldBeTrue();

        bucket.TryTake(1_000_000, 6).ShouldBeFalse();
        bucket.TryTake(1_000_000, 5).ShouldBeTrue();
    }

    [Fact]
    public void A_clock_that_steps_back_neither_gives_tokens_nor_takes_any()
    {
        var bucket = new TokenBucket(rate: 10, burst: 1);
        bucket.TryTake(5000).ShouldBeTrue();

        bucket.TryTake(1000).ShouldBeFalse();
        bucket.TryTake(5000).ShouldBeFalse();
        bucket.TryTake(5100).ShouldBeTrue();
    }

    [Fact]
    public void Over_any_time_a_bucket_gives_no_more_than_burst_plus_rate_times_time()
    {
        Prop.ForAll(Gen.Choose(0, 40).ArrayOf().ToArbitrary(), steps =>
        {
            var bucket = new TokenBucket(rate: 50, burst: 7);
            long now = 0;
            var given = 0;
            foreach (var step in steps)
            {
                now += step;
                given += bucket.TryTake(now) ? 1 : 0;
                ((double)given).ShouldBeLessThanOrEqualTo(7 + (now * 50 / 1000.0) + 1e-6);
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(200).WithQuietOnSuccess(true));
    }

    [Fact]
    public void What_a_bucket_asks_to_wait_is_enough_and_not_a_millisecond_more()
    {
        var bucket = new TokenBucket(rate: 3, burst: 2);
        bucket.TryTake(0, 2).ShouldBeTrue();
        var wait = bucket.Wait(2);

        bucket.TryTake(wait - 1, 2).ShouldBeFalse();
        bucket.TryTake(wait, 2).ShouldBeTrue();
    }
}
