using Realtime.Messages.Operators;
using Realtime.Pbm;
using Realtime.Pbm.Waiting;
using static Realtime.Tests.Pbm.PlayedApi;

namespace Realtime.Tests.Pbm;

/// <summary>Drain and leave stay until it is over.</summary>
public sealed class WaitTests
{
    [Fact]
    public async Task A_drain_says_how_much_is_left_and_ends_when_nothing_is()
    {
        await using var api = await Draining([Left(2, 300, "draining"), Left(0, 120, "draining"), Left(0, 0, "drained")]);

        var run = await PbmRun.Of(api, "node", "drain", "node-2");

        run.Code.ShouldBe(0, run.Error);
        run.Error.ShouldContain("node-2 draining: 2 shards and 300 connections left");
        run.Error.ShouldContain("0 shards and 120 connections left");
        run.Output.Trim().ShouldBe("node-2 is drained");
    }

    [Fact]
    public async Task At_a_terminal_progress_is_drawn_in_place()
    {
        await using var api = await Draining([Left(2, 300, "draining"), Left(0, 0, "drained")]);

        var run = await PbmRun.Of(api, static around => around with { OutputIsTerminal = true, Width = static () => 100 }, "node", "drain", "node-2");

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("300 connections left");
        run.Output.ShouldContain("\u001b[");
        run.Output.ShouldContain("node-2 is drained");
    }

    [Fact]
    public async Task With_json_only_the_end_is_on_standard_output()
    {
        await using var api = await Draining([Left(2, 300, "draining"), Left(0, 0, "drained")]);

        var run = await PbmRun.Of(api, "node", "drain", "node-2", "--json");

        run.Output.Trim().ShouldBe(Json(new ActionResult(true, "node-2 is drained", [])));
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_does_not()
    {
        await using var api = await Draining([Left(2, 300, "draining")]);

        var run = await PbmRun.Of(api, "node", "drain", "node-2", "--no-wait");

        run.Code.ShouldBe(0);
        run.Output.Trim().ShouldBe(PlayedCluster.Begun.Text);
        api.Requests.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_is_7_and_says_what_is_left()
    {
        await using var api = await Draining([Left(2, 300, "draining")]);

        var run = await PbmRun.Of(api, "node", "drain", "node-2", "--timeout", "400ms");

        run.Code.ShouldBe(7);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldContain("2 shards and 300 connections left. It goes on");
    }

    [Fact]
    public async Task Interrupting_the_wait_is_7_too()
    {
        await using var api = await StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        api.Answer("POST nodes/node-2/drain", PlayedCluster.Begun);
        api.Answer("GET cluster", _ =>
        {
            stop.CancelAfter(TimeSpan.FromMilliseconds(50));
            return (200, Json(PlayedCluster.Cluster with { Nodes = [Left(2, 300, "draining")!] }));
        });
        using var error = new StringWriter();

        (await PbmCommandLine.RunAsync(["node", "drain", "node-2", "--url", api.Url], PbmRun.Around(new StringWriter(), error), stop.Token)).ShouldBe(7);
        error.ToString().ShouldContain("Interrupted");
    }

    [Fact]
    public async Task A_node_has_left_when_the_others_do_not_know_it_any_more()
    {
        await using var api = await Draining([Left(2, 300, "draining"), null]);

        var run = await PbmRun.Of(api, "cluster", "leave", "node-2", "--yes");

        run.Code.ShouldBe(0, run.Error);
        run.Output.Trim().ShouldBe("node-2 has left");
    }

    [Fact]
    public async Task A_node_that_gave_everything_away_and_falls_silent_has_left()
    {
        var departure = new Departure("node-2", leaves: true);
        departure.GoneSilently.ShouldBeFalse();

        departure.Look(Seen(Left(1, 5, "draining"))).ShouldBeFalse();
        departure.GoneSilently.ShouldBeFalse();

        departure.Look(Seen(Left(0, 0, "draining"))).ShouldBeFalse();
        departure.GoneSilently.ShouldBeTrue();

        await using var api = await Draining([Left(0, 0, "draining")], andThen: static () => (503, """{"error":"unavailable","message":"going","field":null}"""));
        (await PbmRun.Of(api, "cluster", "leave", "node-2", "--yes")).Code.ShouldBe(0);
    }

    [Fact]
    public void A_node_that_drains_has_not_left_and_one_that_nobody_saw_is_not_gone()
    {
        new Departure("node-2", leaves: true).Look(Seen(null)).ShouldBeFalse();
        new Departure("node-2", leaves: true).Look(Seen(Left(0, 0, "drained"))).ShouldBeFalse();
        new Departure("node-2", leaves: false).Look(Seen(Left(0, 0, "drained"))).ShouldBeTrue();
        new Departure("node-2", leaves: false).Look(Seen(Left(3, 0, "drained"))).ShouldBeFalse("who answers is behind");
    }

    [Fact]
    public async Task A_node_that_is_alone_and_falls_silent_has_left_whatever_it_held()
    {
        var departure = new Departure("node-2", leaves: true);
        departure.Look(Alone(3)).ShouldBeFalse();
        departure.GoneSilently.ShouldBeTrue();
        departure.Left.ShouldBe("3 connections", "all shards are its own to the end");

        await using var api = await StartAsync();
        var looks = 0;
        api.Answer("POST nodes/node-2/leave", PlayedCluster.Begun);
        api.Answer("GET cluster", _ => Interlocked.Increment(ref looks) == 1 ? (200, Json(Alone(3))) : (503, """{"error":"unavailable","message":"going","field":null}"""));
        (await PbmRun.Of(api, "cluster", "leave", "node-2", "--yes")).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0), run => run.Output.ShouldContain("node-2 has left"));
    }

    private static NodeStatus? Left(int shards, int connections, string phase) =>
        PlayedCluster.Node("node-2", phase == "drained" ? "drained" : "draining", connections, shards, PlayedCluster.Live(phase, 0, 0, null, 0));

    private static ClusterStatus Seen(NodeStatus? node) => PlayedCluster.Cluster with { Nodes = node is null ? [PlayedCluster.Node1] : [PlayedCluster.Node1, node], Unreachable = [] };

    private static ClusterStatus Alone(int connections) =>
        PlayedCluster.Cluster with { Clustered = false, Nodes = [PlayedCluster.Node("node-2", "draining", connections, 256, PlayedCluster.Live("draining", 0, 0, null, 0))], Unreachable = [] };

    /// <summary>Shows these one after the other, the last one for ever; null: the node is gone.</summary>
    private static async Task<PlayedApi> Draining(NodeStatus?[] looks, Func<(int, string)>? andThen = null)
    {
        var api = await StartAsync();
        var look = -1;
        api.Answer("POST nodes/node-2/drain", PlayedCluster.Begun);
        api.Answer("POST nodes/node-2/leave", PlayedCluster.Begun);
        api.Answer("GET cluster", _ => Interlocked.Increment(ref look) is var now && now >= looks.Length && andThen is not null ? andThen() : (200, Json(Seen(looks[Math.Min(now, looks.Length - 1)]))));
        return api;
    }
}
