using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Tests.Gateway;

public sealed class WaitingRoomTests
{
    [Fact]
    public void A_burst_waits_for_nothing_the_rest_is_put_in_line_and_what_is_too_far_back_is_sent_away()
    {
        var room = new WaitingRoom(rate: 10, burst: 3, patience: 500);

        Enumerable.Range(0, 3).Select(_ => Place(room, 1000)).ShouldAllBe(wait => wait == 0);
        Enumerable.Range(0, 5).Select(_ => Place(room, 1000)).ShouldBe([100, 200, 300, 400, 500]);
        Place(room, 1000).ShouldBeNull();
        room.TryPlace(1000, out var wait).ShouldBeFalse();
        wait.ShouldBe(500);
    }

    [Fact]
    public void Over_any_stretch_no_more_places_come_due_than_rate_and_burst_allow()
    {
        var room = new WaitingRoom(rate: 100, burst: 20, patience: 2000);
        var random = new Random(11);
        var due = new List<long>();
        var now = 0L;
        for (var i = 0; i < 3000; i++)
        {
            now += random.Next(0, 12);
            if (Place(room, now) is { } wait)
            {
                due.Add(now + wait);
            }
        }

        due.Count.ShouldBeGreaterThan(1000);
        due.Sort();
        for (var i = 0; i + 120 < due.Count; i++)
        {
            (due[i + 120] - due[i]).ShouldBeGreaterThanOrEqualTo(990, "120 places take at least the second that 100 of them need");
        }
    }

    [Fact]
    public void Quiet_times_give_no_more_than_the_burst()
    {
        var room = new WaitingRoom(rate: 10, burst: 2, patience: 0);
        Place(room, 0).ShouldBe(0);

        Enumerable.Range(0, 4).Select(_ => Place(room, 1_000_000)).ShouldBe([0, 0, null, null]);
    }

    private static int? Place(WaitingRoom room, long now) => room.TryPlace(now, out var wait) ? wait : null;
}
