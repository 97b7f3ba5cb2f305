using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Messages.Ids;
using Realtime.Node.Configuration;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Logs;
using Realtime.Node.Operations.Records;
using Realtime.Tests.Support;
using Serilog;
using Serilog.Events;

namespace Realtime.Tests.Operations;

public sealed class RecordTests
{
    [Fact]
    public void A_ring_tells_how_much_of_what_was_asked_for_it_has_thrown_out()
    {
        var ring = Ring(3, 10);

        ring.Read(null, 2, _ => true).ShouldSatisfyAllConditions(page => page.Entries.ShouldBe([9L, 10L]), page => page.Next.ShouldBe(10));
        ring.Read(4, 10, _ => true).ShouldSatisfyAllConditions(page => page.Entries.ShouldBe([8L, 9L, 10L]), page => page.Missed.ShouldBe(3), page => page.Next.ShouldBe(10));
        ring.Read(8, 1, _ => true).ShouldSatisfyAllConditions(page => page.Entries.ShouldBe([9L]), page => page.Missed.ShouldBe(0), page => page.Next.ShouldBe(9));
        ring.Read(10, 5, _ => true).ShouldSatisfyAllConditions(page => page.Entries.ShouldBeEmpty(), page => page.Next.ShouldBe(10), page => page.Missed.ShouldBe(0));
        ring.Read(0, 10, _ => true).Missed.ShouldBe(7);
    }

    [Fact]
    public void A_number_of_an_earlier_life_begins_anew() => Ring(3, 2).Read(500, 10, _ => true).Entries.ShouldBe([1L, 2L]);

    [Fact]
    public void What_does_not_fit_is_passed_over_and_not_looked_at_again()
    {
        var page = Ring(10, 10).Read(0, 2, number => number % 4 == 0);

        page.Entries.ShouldBe([4L, 8L]);
        page.Next.ShouldBe(8);
        Ring(10, 10).Read(8, 2, number => number % 4 == 0).Next.ShouldBe(10, "the rest was looked at and is not wanted");
    }

    [Fact]
    public void A_page_ends_before_it_is_too_heavy_and_has_at_least_one_entry()
    {
        var page = Ring(10, 10).Read(0, 10, _ => true, most: 25, weigh: _ => 10);
        page.Entries.ShouldBe([1L, 2L]);
        page.Next.ShouldBe(2);
        Ring(10, 10).Read(0, 10, _ => true, most: 5, weigh: _ => 10).Entries.ShouldBe([1L]);
    }

    [Fact]
    public void Entries_are_bounded_by_weight_too()
    {
        var ring = new NumberedRing<long>(100, 50);
        for (var i = 0; i < 20; i++)
        {
            ring.Add(number => number, 10);
        }

        ring.Snapshot().Entries.ShouldBe([16L, 17L, 18L, 19L, 20L]);
    }

    [Fact]
    public void A_read_that_goes_on_is_noted_once_a_minute_and_an_action_every_time()
    {
        var clock = new ManualClock();
        var trail = new AuditTrail(new NodeId("n"), new EventRing(clock), clock, NullLoggerFactory.Instance);
        var caller = new OperatorCaller("key (ada)", "::1", OperatorRight.Act);
        var reply = OperatorReply.Done("done");

        Note("chat:1", isRead: true);
        Note("chat:1", isRead: true);
        trail.Newest(10).Count.ShouldBe(1);

        Note("chat:2", isRead: true);
        trail.Newest(10).Count.ShouldBe(2, "another channel is another reading");

        clock.Advance(TimeSpan.FromMinutes(1));
        Note("chat:1", isRead: true);
        trail.Newest(10).Count.ShouldBe(3);

        Note("chat:1", isRead: false);
        Note("chat:1", isRead: false);
        trail.Newest(10).Count.ShouldBe(5);

        void Note(string target, bool isRead) => trail.Note(caller, "channel.read", target, reply, isRead);
    }

    [Theory]
    [InlineData("node-9", "node.drain node-9 by key (ada) from ::1: 409, not now")]
    [InlineData("", "node.drain - by key (ada) from ::1: 409, not now")]
    public void A_line_of_the_audit_has_a_mark_where_an_action_has_no_target(string target, string line)
    {
        var clock = new ManualClock();
        using var log = new CollectedLog();
        var trail = new AuditTrail(new NodeId("n"), new EventRing(clock), clock, log);

        trail.Note(new OperatorCaller("key (ada)", "::1", OperatorRight.Act), "node.drain", target, OperatorReply.Conflict("not now"));

        log.Lines.ShouldHaveSingleItem().Text.ShouldBe(line);
    }

    [Fact]
    public void Lines_of_the_log_come_rendered_with_their_number_and_level()
    {
        var ring = new LogRing();
        using var logger = new LoggerConfiguration().WriteTo.Sink(ring).CreateLogger();
        logger.ForContext("SourceContext", "Realtime.Node.A").Warning(new InvalidOperationException("broken"), "Node {Node} took {Count} shards", "a", 7);
        logger.ForContext("SourceContext", "Realtime.Other").Information("Hello");

        var line = ring.Read(0, 10, "warning", "Realtime.Node").Lines.ShouldHaveSingleItem();
        line.ShouldSatisfyAllConditions(
            () => line.Text.ShouldBe("Node a took 7 shards"), () => line.Level.ShouldBe("warning"), () => line.Category.ShouldBe("Realtime.Node.A"),
            () => line.Exception.ShouldNotBeNull().ShouldContain("broken"), () => line.Number.ShouldBe(1));
        ring.Read(0, 10, null, "Realtime.No").Lines.ShouldBeEmpty("a prefix ends where a name does");
        ring.Read(0, 10, null, null).Lines.Count.ShouldBe(2);
    }

    [Fact]
    public void A_line_is_cut_and_all_lines_together_are_bounded()
    {
        var ring = new LogRing();
        using var logger = new LoggerConfiguration().WriteTo.Sink(ring).CreateLogger();
        var text = new string('x', 20_000);
        for (var i = 0; i < 300; i++)
        {
            logger.Information("{Text}", text);
        }

        var lines = ring.Read(0, 1000, null, null);
        lines.Missed.ShouldBeGreaterThan(100);
        lines.Lines.ShouldAllBe(line => line.Text.Length < 10_000);
        lines.Lines.Sum(line => line.Text.Length).ShouldBeLessThan(150 * 1024, "an answer is bounded");
    }

    [Fact]
    public void Levels_go_by_the_longest_word_of_an_operator_and_come_back()
    {
        var clock = new ManualClock();
        using var levels = new LogLevels(
            (category, level) => level >= (category.StartsWith("Microsoft", StringComparison.Ordinal) ? LogEventLevel.Warning : LogEventLevel.Information),
            ["Microsoft"], clock);
        levels.Root.ShouldBe("information");
        levels.IsEnabled("Realtime.A", LogLevel.Debug).ShouldBeFalse();

        levels.Set("Realtime.A", LogEventLevel.Verbose, TimeSpan.FromSeconds(10));
        levels.Set(null, LogEventLevel.Error, null);
        levels.IsEnabled("Realtime.A.B", LogLevel.Trace).ShouldBeTrue();
        levels.IsEnabled("Realtime.Ab", LogLevel.Warning).ShouldBeFalse();
        levels.IsEnabled("Microsoft.X", LogLevel.Warning).ShouldBeTrue("it has a level of its own");
        levels.Root.ShouldBe("error");

        clock.Advance(TimeSpan.FromSeconds(11));
        levels.IsEnabled("Realtime.A.B", LogLevel.Warning).ShouldBeFalse("what was said of everything goes on");
        levels.IsEnabled("Realtime.A.B", LogLevel.Error).ShouldBeTrue();
    }

    [Fact]
    public void A_later_word_is_not_ended_by_the_timer_of_an_earlier_one()
    {
        var clock = new ManualClock();
        using var levels = new LogLevels((_, level) => level >= LogEventLevel.Information, [], clock);
        levels.Set("A", LogEventLevel.Debug, TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(5));
        levels.Set("A", LogEventLevel.Debug, TimeSpan.FromSeconds(10));

        clock.Advance(TimeSpan.FromSeconds(6));
        levels.IsEnabled("A", LogLevel.Debug).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(5));
        levels.IsEnabled("A", LogLevel.Debug).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/operator/v1/channels/chat%3Aa%2Fb/messages?limit=1", "channels|chat:a/b|messages")]
    [InlineData("/base/operator/v1/channels/a%252Fb", "channels|a%2Fb")]
    [InlineData("/operator/v1/channels/chat:caf%C3%A9/", "channels|chat:café")]
    [InlineData("/operator/v1/channels/%zz", null)]
    [InlineData("/operator/v1/channels/%ff", null)]
    [InlineData("/health/live", null)]
    public void A_path_is_taken_apart_before_it_is_decoded(string target, string? parts) =>
        (RawPath.TrySplit(target, "/operator/v1/", out var found) ? string.Join('|', found) : null).ShouldBe(parts);

    private static NumberedRing<long> Ring(int count, int added)
    {
        var ring = new NumberedRing<long>(count);
        for (var i = 0; i < added; i++)
        {
            ring.Add(number => number);
        }

        return ring;
    }
}
