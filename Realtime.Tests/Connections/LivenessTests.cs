using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;

namespace Realtime.Tests.Connections;

/// <summary>What counts as life: frames, parts of frames, and bytes that a slow link still carries to the peer.</summary>
public sealed class LivenessTests
{
    private const long Every = 3_000;
    private const long Timeout = 2_000;
    private const long Stall = 30_000;

    private Liveness _liveness = new(Every, Timeout, Stall, 0);
    private long _now;
    private long _delivered;

    [Fact]
    public void Parts_of_a_message_that_takes_long_to_come_are_no_silence()
    {
        for (var second = 0; second < 60; second++)
        {
            _now += 1000;
            Look(receivedAt: _now - 1000, sentAt: _now).ShouldBe(LivenessVerdict.Well);
        }
    }

    [Fact]
    public void A_ping_that_stands_behind_bytes_which_reach_the_peer_is_not_owed_an_answer_yet()
    {
        for (var second = 0; second < 60; second++)
        {
            _now += 1000;
            _delivered += 8 * 1024;
            Look(sentAt: _now, isUnderWay: true).ShouldBeOneOf(LivenessVerdict.Well, LivenessVerdict.Ping);
        }

        // The last bytes arrive, and the ping with them: from now on it is.
        _delivered++;
        Pass(1000).ShouldBe(LivenessVerdict.Well);
        Pass(Timeout).ShouldBe(LivenessVerdict.Silent);
    }

    [Fact]
    public void A_peer_that_is_gone_takes_no_bytes_and_is_silent_as_early_as_an_idle_one()
    {
        Pass(Every).ShouldBe(LivenessVerdict.Ping);
        Pass(Timeout - 1, isUnderWay: true).ShouldBe(LivenessVerdict.Well);
        Pass(1, isUnderWay: true).ShouldBe(LivenessVerdict.Silent);
    }

    [Fact]
    public void A_link_that_stands_still_for_a_while_under_bytes_that_came_before_the_ping_is_slow_and_not_silent()
    {
        _liveness = new Liveness(25_000, 10_000, Stall, 0);
        for (var second = 0; second < 25; second++)
        {
            _delivered += 1024;
            Pass(1000, isUnderWay: true).ShouldBeOneOf(LivenessVerdict.Well, LivenessVerdict.Ping);
        }

        for (var second = 0; second < 25; second++)
        {
            Pass(1000, isUnderWay: true).ShouldBeOneOf(LivenessVerdict.Well, LivenessVerdict.Ping);
        }

        // It moves again, and the ping arrives: now an answer is owed.
        _delivered += 1024;
        Pass(1000).ShouldBeOneOf(LivenessVerdict.Well, LivenessVerdict.Ping);
        Pass(10_000).ShouldBe(LivenessVerdict.Silent);
    }

    [Theory]
    [InlineData(25_000, 10_000, Stall + 1_000)] // Counted from the first look.
    [InlineData(3_000, 2_000, 5_000)]
    public void A_link_that_stands_still_under_bytes_that_came_before_the_ping_ends_after_the_stall_time_or_what_silence_may_last(long every, long timeout, long ends)
    {
        _liveness = new Liveness(every, timeout, Stall, 0);
        var verdict = LivenessVerdict.Well;
        while (verdict is LivenessVerdict.Well or LivenessVerdict.Ping)
        {
            verdict = Pass(1000, isUnderWay: true);
            _now.ShouldBeLessThanOrEqualTo(ends);
        }

        verdict.ShouldBe(LivenessVerdict.Stalled);
        _now.ShouldBe(ends);
    }

    [Fact]
    public void A_kernel_that_takes_pings_for_a_program_that_hangs_does_not_keep_it_alive()
    {
        var verdict = LivenessVerdict.Well;
        while (verdict is not LivenessVerdict.Silent)
        {
            _delivered += 16;
            verdict = Pass(1000);
            _now.ShouldBeLessThanOrEqualTo(Every + Timeout);
        }
    }

    [Fact]
    public void The_next_ping_counts_from_the_last_frame_of_the_server_and_not_from_the_look_that_found_it()
    {
        // Sent right after the start, found three seconds later.
        _liveness.Received(2_900);
        Look(at: 2_900, sentAt: 100).ShouldBe(LivenessVerdict.Well);
        _liveness.Due.ShouldBe(100 + Every);

        _liveness.Received(3_099);
        Look(at: 3_100, sentAt: 100).ShouldBe(LivenessVerdict.Ping);
    }

    [Fact]
    public void What_is_new_since_the_last_look_happened_after_it()
    {
        var times = new TrafficTimes(5_000);
        times.Look(6_000, sentBytes: 10);
        Seen().ShouldBe((5_000, 5_000));

        times.Hear(3);
        times.Look(7_000, sentBytes: 10);
        Seen().ShouldBe((5_000, 6_000));

        times.Look(9_000, sentBytes: 10);
        Seen().ShouldBe((5_000, 6_000));

        (long, long) Seen() => times.Seen(isSending: false, null) is var seen ? (seen.SentAt, seen.ReceivedAt) : default;
    }

    private LivenessVerdict Pass(long time, bool isUnderWay = false) => Look(_now += time, isUnderWay: isUnderWay);

    private LivenessVerdict Look(long? at = null, long sentAt = 0, long receivedAt = 0, bool isUnderWay = false) => _liveness.Sweep(
        at ?? _now, new TrafficSnapshot(_delivered, isUnderWay) { SentAt = sentAt, ReceivedAt = receivedAt });
}
