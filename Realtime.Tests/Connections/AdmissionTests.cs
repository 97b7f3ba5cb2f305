using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Gateway;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

public sealed class AdmissionTests
{
    private static readonly NodeId Self = new("n1");
    private static readonly AdmissionPolicy Small = new() { Handshakes = 10, HandshakeBurst = 20, Resumes = 20, ResumeBurst = 40 };
    private readonly ManualClock _clock = new();
    private readonly ConnectTickets _tickets = new(new Dictionary<byte, byte[]> { [1] = new byte[32] });

    [Fact]
    public void Newcomers_get_in_up_to_the_burst_and_then_at_the_rate()
    {
        var budget = new AdmissionBudget(Small);

        Count(budget, resume: false, now: 0, of: 100).ShouldBe(20);
        Count(budget, resume: false, now: 1000, of: 100).ShouldBe(10);
        Count(budget, resume: false, now: 1500, of: 100).ShouldBe(5);
    }

    [Fact]
    public void Newcomers_take_nothing_from_those_who_come_back()
    {
        var budget = new AdmissionBudget(Small);
        Count(budget, resume: false, now: 0, of: 1000);

        Count(budget, resume: true, now: 0, of: 100).ShouldBe(40);
        Count(budget, resume: true, now: 1000, of: 100).ShouldBe(20);
    }

    [Fact]
    public void A_lie_about_coming_back_is_charged_to_the_newcomers()
    {
        var budget = new AdmissionBudget(Small);

        Enumerable.Range(0, 30).Count(_ => budget.TryEnter(true, 0, 0, out var _) && budget.TryConvert(0)).ShouldBe(20);
        Count(budget, resume: false, now: 0, of: 10).ShouldBe(0);
    }

    [Fact]
    public void A_crowd_that_is_sent_away_is_spread_over_the_time_it_takes_to_let_it_in()
    {
        var budget = new AdmissionBudget(Small);
        var random = new Random(3);
        Count(budget, resume: false, now: 0, of: 20);
        var waits = Enumerable.Range(0, 200).Select(_ => Wait(budget, 0, random.NextDouble())).ToList();

        waits.Take(10).ShouldAllBe(wait => wait >= 1_000 && wait <= 3_000);
        waits.Max().ShouldBeGreaterThan(15_000, "200 at 10 per second take 20 s");
        waits.ShouldAllBe(wait => wait >= 1_000 && wait <= AdmissionBudget.LongestWait);
        Enumerable.Range(0, 5000).Select(_ => Wait(budget, 0, random.NextDouble())).ShouldAllBe(wait => wait <= AdmissionBudget.LongestWait);
    }

    [Fact]
    public void A_crowd_that_was_let_in_is_forgotten()
    {
        var budget = new AdmissionBudget(Small);
        Count(budget, resume: false, now: 0, of: 320);
        Count(budget, resume: false, now: 60_000, of: 20).ShouldBe(20);

        Wait(budget, 60_000, 0.999).ShouldBeLessThanOrEqualTo(3_000);
    }

    [Fact]
    public void A_ticket_gets_in_once_when_nobody_else_does()
    {
        var door = Door(Small with { Handshakes = 1, HandshakeBurst = 1 });
        door.TryEnter(null, false, out _).ShouldBeTrue();
        door.TryEnter(null, false, out var wait).ShouldBeFalse();
        wait.ShouldBeGreaterThanOrEqualTo(1000);
        var ticket = _tickets.Issue(Self, _clock.GetUtcNow(), 1);

        door.TryEnter(ticket, false, out _).ShouldBeTrue();
        door.TryEnter(ticket, false, out _).ShouldBeFalse();
        door.Tickets(TicketVerdict.Valid).ShouldBe(1);
        door.Tickets(TicketVerdict.Used).ShouldBe(1);
        door.TurnedAway.ShouldBe(2);
    }

    [Fact]
    public void What_is_no_ticket_is_neither_help_nor_harm_and_is_counted()
    {
        var door = Door(Small with { Handshakes = 1, HandshakeBurst = 3 });
        door.TryEnter("made up", false, out _).ShouldBeTrue();
        door.TryEnter(_tickets.Issue(new NodeId("n2"), _clock.GetUtcNow(), 1), false, out _).ShouldBeTrue();
        door.TryEnter(_tickets.Issue(Self, _clock.GetUtcNow().AddSeconds(5), 1), false, out _).ShouldBeTrue();
        door.TryEnter(_tickets.Issue(Self, _clock.GetUtcNow().AddSeconds(-61), 1), false, out _).ShouldBeFalse();

        door.Tickets(TicketVerdict.Forged).ShouldBe(2);
        door.Tickets(TicketVerdict.Early).ShouldBe(1);
        door.Tickets(TicketVerdict.Expired).ShouldBe(1);
    }

    [Fact]
    public void Used_tickets_are_remembered_for_as_long_as_they_count()
    {
        var used = new UsedTickets(life: 60, capacity: 3);

        used.TryUse(1, 0).ShouldBeTrue();
        used.TryUse(1, 59).ShouldBeFalse();
        used.TryUse(2, 59).ShouldBeTrue();
        used.TryUse(2, 118).ShouldBeFalse("it is 59 old");
        used.TryUse(3, 118).ShouldBeTrue();
        used.TryUse(4, 118).ShouldBeFalse("there is no room to remember it");
        used.TryUse(4, 1000).ShouldBeTrue("after a pause all are over");
    }

    [Theory]
    [InlineData(0, 2, 1000, 2000)]
    [InlineData(333_000, 2, 1000, 333_000)]
    [InlineData(10_000, 99, 1000, 2000)]
    [InlineData(1_000_000, 1, 1, 600_000)]
    [InlineData(333_000, 0, 1000, 2000)]
    public void The_crash_window_is_what_the_others_need_at_half_of_what_they_take(int sockets, int others, int rate, int milliseconds) =>
        CrashWindow.Of(sockets, others, rate, TimeSpan.FromSeconds(2)).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    private Admission Door(AdmissionPolicy policy) =>
        new(policy, TimeSpan.FromSeconds(2), Self, _tickets, _clock, new Random(5), NullLogger.Instance);

    private static int Count(AdmissionBudget budget, bool resume, long now, int of) =>
        Enumerable.Range(0, of).Count(_ => budget.TryEnter(resume, now, 0.5, out var _));

    private static int Wait(AdmissionBudget budget, long now, double roll)
    {
        budget.TryEnter(false, now, roll, out var wait).ShouldBeFalse();
        return wait;
    }
}
