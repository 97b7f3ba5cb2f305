using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>Who asks too often is told when to come back; who comes back then is never a flood.</summary>
public sealed class RequestRateTests
{
    private const int Rate = 50;
    private const int Flood = 1000;

    [Theory]
    [InlineData(100)]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public void Requests_that_come_back_when_they_were_told_to_are_all_taken_and_never_a_flood(int requests)
    {
        var rate = new RequestRate(Rate, burst: 100, Flood, Flood);
        var waiting = new PriorityQueue<int, long>(Enumerable.Range(0, Math.Min(requests, 900)).Select(id => (id, 0L)));
        var sent = waiting.Count;
        var taken = 0;
        while (waiting.TryDequeue(out var id, out var now))
        {
            if (rate.TryTake(now))
            {
                // An answer lets the client send its next one.
                taken++;
                if (sent < requests)
                {
                    waiting.Enqueue(sent++, now);
                }

                continue;
            }

            var wait = Refuse(ref rate, now).ShouldNotBeNull();
            wait.ShouldBeInRange(1, 60_000);
            waiting.Enqueue(id, now + wait);
        }

        taken.ShouldBe(requests);
    }

    [Fact]
    public void Refused_requests_are_given_times_apart_from_each_other()
    {
        var rate = new RequestRate(Rate, burst: 1, Flood, Flood);
        rate.TryTake(0).ShouldBeTrue();
        rate.TryTake(0).ShouldBeFalse();

        Enumerable.Range(0, 4).Select(_ => Refuse(ref rate, 0)).ShouldBe([20, 40, 60, 80]);
        rate.TryTake(20).ShouldBeTrue();
    }

    [Fact]
    public void A_client_that_goes_on_faster_than_it_was_told_to_is_a_flood_however_long_it_takes()
    {
        var rate = new RequestRate(Rate, burst: 10, Flood, Flood);
        var asked = 0;
        while (rate.TryTake(asked / 2) || Refuse(ref rate, asked / 2) is not null)
        {
            asked++;
            asked.ShouldBeLessThan(4_000);
        }
    }

    [Fact]
    public void No_request_is_put_off_for_more_than_a_minute()
    {
        var rate = new RequestRate(1, burst: 1, Flood, Flood);
        rate.TryTake(0);
        Enumerable.Range(0, Flood).Max(_ => Refuse(ref rate, 0)).ShouldBe(60_000);
    }

    /// <summary>When to come again; null: the client floods.</summary>
    internal static int? Refuse(ref RequestRate rate, long now) => rate.Floods(now) ? null : rate.Postpone(now);
}
