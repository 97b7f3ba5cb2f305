using System.Threading.Channels;
using Realtime.Messages.Operators;
using Realtime.Pbm;
using Realtime.Pbm.Tails;
using Realtime.Tests.Support;
using static Realtime.Tests.Pbm.PlayedApi;

namespace Realtime.Tests.Pbm;

/// <summary>Tails: cursors, what was missed, nodes that go away and come back, ends.</summary>
public sealed class TailTests
{
    private const string Fast = "10ms";

    [Fact]
    public async Task Each_look_asks_for_what_follows_the_last()
    {
        await using var api = await StartAsync();
        api.Answer("GET events", request => (200, Json(request.Query switch
        {
            "?limit=5" => new EventPage([PlayedCluster.Event(7, "joined", "node-1", "first")], 7, 900),
            "?after=7&limit=1000" => new EventPage([PlayedCluster.Event(8, "left", "node-1", "second")], 8, 0),
            _ => new EventPage([], 8, 0),
        })));

        var run = await PbmRun.Of(api, "cluster", "tail", "--last", "5", "--lines", "2", "--every", Fast);

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("first");
        run.Output.ShouldContain("second");

        // What was thrown out before the newest was never asked for.
        run.Output.ShouldNotContain("missed");
    }

    [Fact]
    public async Task What_was_missed_is_a_line_of_its_own()
    {
        await using var api = await StartAsync();
        api.Answer("GET nodes/node-1/log", request => (200, Json(request.Query.StartsWith("?after=41&", StringComparison.Ordinal)
            ? new LogPage([PlayedCluster.Line(99, "information", "after the hole")], 99, 57)
            : new LogPage([PlayedCluster.Line(41, "information", "before the hole")], 41, 0))));

        var text = await PbmRun.Of(api, "log", "tail", "node-1", "--lines", "2", "--every", Fast);
        var json = await PbmRun.Of(api, "log", "tail", "node-1", "--lines", "2", "--every", Fast, "--json");

        var lines = text.Output.Trim().Split('\n');
        lines.Length.ShouldBe(3);
        lines[1].ShouldContain("57 lines missed");
        lines[2].ShouldContain("after the hole");
        json.Output.Trim().Split('\n')[1].ShouldStartWith("""{"missed":57,""");
    }

    [Fact]
    public async Task A_gap_in_a_channel_is_a_line_of_its_own()
    {
        await using var api = await StartAsync();
        api.Answer("GET channels/c/messages", request => (200, Json(request.Query.Contains("after", StringComparison.Ordinal)
            ? new ChannelMessages([PlayedCluster.Message("b2:1", null, "2")], "b2:1", "the log begins anew")
            : new ChannelMessages([PlayedCluster.Message("a1:1", null, "1")], "a1:1", null))));

        var run = await PbmRun.Of(api, "channel", "tail", "c", "--lines", "2", "--every", Fast);

        run.Output.ShouldContain("--- messages are missing: the log begins anew ---");
    }

    [Fact]
    public async Task A_channel_without_a_log_has_nothing_to_tail()
    {
        await using var api = await StartAsync();
        api.Answer("GET channels/c/messages", new ChannelMessages([], null, null));

        (await PbmRun.Of(api, "channel", "tail", "c")).Code.ShouldBe(6);
    }

    [Fact]
    public async Task Who_wants_no_old_lines_gets_none()
    {
        await using var api = await StartAsync();
        api.Answer("GET nodes/node-1/log", request => (200, Json(request.Query.StartsWith("?after=41&", StringComparison.Ordinal)
            ? new LogPage([PlayedCluster.Line(42, "information", "new")], 42, 0)
            : new LogPage([PlayedCluster.Line(41, "information", "old")], 41, 0))));

        var run = await PbmRun.Of(api, "log", "tail", "node-1", "--last", "0", "--lines", "1", "--every", Fast);

        run.Output.ShouldContain("new");
        run.Output.ShouldNotContain("old");
    }

    [Fact]
    public async Task A_node_that_goes_away_is_said_once_and_read_on_when_it_is_back()
    {
        await using var api = await StartAsync();
        var looks = 0;
        api.Answer("GET nodes/node-1/log", request => Interlocked.Increment(ref looks) switch
        {
            1 => (200, Json(new LogPage([PlayedCluster.Line(41, "information", "before")], 41, 0))),
            < 6 => (503, """{"error":"unavailable","message":"node-1 does not answer.","field":null}"""),

            // Another process: numbers of its own, and what was seen already among what it has.
            6 => (200, Json(new LogPage([PlayedCluster.Line(41, "information", "before"), PlayedCluster.Line(50, "information", "after") with { Number = 1 }], 1, 0))),
            _ => (200, Json(new LogPage([], 1, 0))),
        });

        var run = await PbmRun.Of(api, "log", "tail", "node-1", "--lines", "2", "--every", Fast);

        run.Code.ShouldBe(0, run.Error);
        run.Output.Trim().Split('\n').Length.ShouldBe(2);
        run.Output.ShouldContain("after");
        run.Error.Trim().Split('\n').Length.ShouldBe(2);
        run.Error.ShouldContain("node-1 does not answer. Waiting for node-1.");
        run.Error.ShouldContain("Going on with node-1.");
    }

    [Fact]
    public async Task A_process_that_began_anew_between_two_looks_is_read_from_its_beginning()
    {
        await using var api = await StartAsync();
        var looks = 0;
        api.Answer("GET events", request => Interlocked.Increment(ref looks) switch
        {
            1 => (200, Json(new EventPage([PlayedCluster.Event(500, "joined", "node-1", "old life")], 500, 0))),
            2 => (200, Json(new EventPage([], 2, 0))),
            _ => (200, Json(new EventPage([PlayedCluster.Event(501, "joined", "node-1", "new life") with { Number = 2 }], 2, 0))),
        });

        var run = await PbmRun.Of(api, "cluster", "tail", "--lines", "2", "--every", Fast);

        run.Output.ShouldContain("new life");
        api.Requests[^1].Query.ShouldBe("?limit=1000");
    }

    [Fact]
    public async Task Another_address_goes_on_and_repeats_nothing()
    {
        var first = await StartAsync();
        await using var second = await StartAsync();
        first.Answer("GET events", request => (200, Json(new EventPage(
            request.Query.Contains("after", StringComparison.Ordinal) ? [] : [PlayedCluster.Event(10, "joined", "node-1", "seen by both")], 10, 0))));
        second.Answer("GET events", request => (200, Json(new EventPage(
            request.Query.Contains("after", StringComparison.Ordinal) ? [] : [PlayedCluster.Event(10, "joined", "node-1", "seen by both") with { Number = 3 }, PlayedCluster.Event(20, "left", "node-1", "seen by the second") with { Number = 4 }], 4, 0))));
        var said = Channel.CreateUnbounded<string>();
        using var output = new LineWriter(said.Writer);
        using var error = new StringWriter();

        var run = PbmCommandLine.RunAsync(
            ["cluster", "tail", "--lines", "2", "--every", Fast, "--url", $"{first.Url},{second.Url}"],
            PbmRun.Around(new StringWriter(), error) with { Output = output },
            TestContext.Current.CancellationToken);
        (await said.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("the first event")).ShouldContain("seen by both");
        await first.DisposeAsync();

        (await run.Within("the second event")).ShouldBe(0);
        (await said.Reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldContain("seen by the second");
        error.ToString().ShouldContain($"going on with {second.Url}/");
    }

    [Fact]
    public async Task Of_several_nodes_each_line_says_whose_it_is_and_one_that_is_away_keeps_nobody_waiting()
    {
        await using var api = await StartWholeAsync();
        api.Refuse("GET nodes/node-3/log", 503, "unavailable", "node-3 does not answer.");

        var text = await PbmRun.Of(api, "log", "tail", "--lines", "4");
        var json = await PbmRun.Of(api, "log", "tail", "node-1", "node-2", "--lines", "1", "--json");

        text.Output.Trim().Split('\n').Length.ShouldBe(4);
        text.Output.ShouldContain("node-1 info");
        text.Output.ShouldContain("node-2 warn");
        text.Error.ShouldContain("Waiting for node-3");
        json.Output.ShouldStartWith("""{"node":"node-1","line":{"number":41,""");
    }

    [Fact]
    public async Task Control_C_ends_it_well()
    {
        await using var api = await StartWholeAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var said = Channel.CreateUnbounded<string>();
        using var output = new LineWriter(said.Writer);

        var run = PbmCommandLine.RunAsync(["cluster", "tail", "--url", api.Url], PbmRun.Around(new StringWriter(), new StringWriter()) with { Output = output }, stop.Token);
        await said.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Within("the first event");
        await stop.CancelAsync();

        (await run.Within("the end of the tail")).ShouldBe(0);
    }

    [Fact]
    public async Task It_ends_when_its_time_is_over()
    {
        await using var api = await StartWholeAsync();

        (await PbmRun.Of(api, "cluster", "tail", "--for", "300ms", "--every", Fast)).Code.ShouldBe(0);
        api.Requests.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task The_tail_of_a_session_ends_with_it()
    {
        await using var api = await StartAsync();
        var looks = 0;
        api.Answer("GET sessions/s", request => Interlocked.Increment(ref looks) switch
        {
            1 => (200, Json(PlayedCluster.SessionReport)),
            2 => (200, Json(PlayedCluster.SessionReport with { History = [.. PlayedCluster.SessionReport.History, new SessionEvent(PlayedCluster.At.AddSeconds(9), "disconnected", null, "kicked")] })),
            _ => (404, """{"error":"not_found","message":"There is no such session.","field":null}"""),
        });

        var run = await PbmRun.Of(api, "session", "tail", "s", "--every", Fast);

        run.Code.ShouldBe(0);
        run.Output.Trim().Split('\n').Length.ShouldBe(3);
        run.Output.ShouldContain("kicked");
        run.Error.ShouldContain("is gone");
    }

    [Fact]
    public void A_history_without_the_last_event_seen_has_a_hole()
    {
        SessionEvent one = new(PlayedCluster.At, "opened", null, null), two = new(PlayedCluster.At.AddSeconds(1), "attached", null, null), three = new(PlayedCluster.At.AddSeconds(2), "detached", null, null);

        SessionSource.Compare([one, two, three], null, 2).News.ShouldBe([two, three]);
        SessionSource.Compare([one, two, three], two, null).News.ShouldBe([three]);
        SessionSource.Compare([two, three], one, null).Hole.ShouldBeTrue();
        SessionSource.Compare([two, three], three, null).News.ShouldBeEmpty();
        SessionSource.Compare([], three, null).Hole.ShouldBeFalse();
    }
}
