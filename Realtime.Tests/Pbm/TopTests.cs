using Realtime.Messages.Operators;
using Realtime.Pbm;
using Realtime.Pbm.Output;
using Realtime.Pbm.Top;

namespace Realtime.Tests.Pbm;

/// <summary>The live view.</summary>
public sealed class TopTests
{
    [Fact]
    public async Task Without_a_terminal_it_is_a_line_per_look_and_node()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, "cluster", "top", "--every", "50ms", "--for", "400ms");

        run.Code.ShouldBe(0, run.Error);
        var lines = run.Output.Trim().Split('\n');
        (lines.Length % 3).ShouldBe(0);
        lines.Length.ShouldBeGreaterThan(3);
        lines[0].ShouldEndWith("node-1 active shards=2048 moving=2 connections=1200 pub/s=340.5 del/s=12400 lag=0 p99_ms=8.25 err/s=0.5");
        lines[2].ShouldEndWith("node-3 unreachable shards=1148 moving=2 connections=0 pub/s=- del/s=- lag=- p99_ms=- err/s=-");
        run.Output.ShouldNotContain('\u001b');
    }

    [Fact]
    public async Task With_json_it_is_a_document_per_look()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, "cluster", "top", "--json", "--every", "50ms", "--for", "300ms");

        run.Output.Trim().Split('\n').ShouldAllBe(line => line.Trim() == PlayedApi.Json(PlayedCluster.Cluster));
    }

    [Fact]
    public async Task At_a_terminal_it_is_a_picture_until_q()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(
            api,
            around => around with { OutputIsTerminal = true, Width = static () => 140, Height = static () => 40, QuitTyped = () => api.Requests.Count(request => request.Target == "GET cluster") >= 3 },
            "cluster", "top", "--every", "20ms");

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("node-1");
        run.Output.ShouldContain("12.4k");
        run.Output.ShouldContain("█");
        run.Output.ShouldContain("1 session shard moving node-2 → node-1");
        run.Output.ShouldContain("\u001b[");
    }

    [Fact]
    public async Task A_cluster_that_falls_silent_leaves_the_old_picture_and_says_so()
    {
        await using var api = await PlayedApi.StartWholeAsync();
        var looks = 0;
        api.Answer("GET cluster", _ => Interlocked.Increment(ref looks) == 1
            ? (200, PlayedApi.Json(PlayedCluster.Cluster))
            : (503, """{"error":"unavailable","message":"The store does not answer.","field":null}"""));

        var run = await PbmRun.Of(
            api, around => around with { OutputIsTerminal = true, Width = static () => 140, Height = static () => 40, QuitTyped = () => Volatile.Read(ref looks) >= 3 }, "cluster", "top", "--every", "20ms");

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldContain("OLD: The store does not answer.");
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(140)]
    [InlineData(300)]
    public async Task The_picture_fits(int width)
    {
        await using var api = await PlayedApi.StartWholeAsync();
        using var output = new StringWriter();
        var screen = new Screen(PbmRun.Around(output, new StringWriter()) with { OutputIsTerminal = true, Width = () => width }, json: false, colours: false);
        var history = new TopHistory();
        history.Add(PlayedCluster.Cluster);

        screen.Console.Write(TopPicture.Draw(PlayedCluster.Cluster, PlayedCluster.Moves, history, width, null));

        output.ToString().Split('\n').ShouldAllBe(line => line.TrimEnd().Length <= width);
        output.ToString().Split('\n').ShouldContain(line => line.StartsWith("node-1 ", StringComparison.Ordinal) && line.Contains("341", StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_shows_the_newest_to_the_right_and_little_is_not_nothing()
    {
        Sparkline.Of([0, 1, 50, 100], 6, 100).ShouldBe("  ▁▂▅█");
        Sparkline.Of([1, 2, 3], 2, 3).Length.ShouldBe(2);
        Sparkline.Of([0, 0], 2, 0).ShouldBe("▁▁");
    }

    [Fact]
    public void Nodes_that_are_gone_are_forgotten()
    {
        var history = new TopHistory();
        history.Add(PlayedCluster.Cluster);
        history.Add(PlayedCluster.Cluster with { Nodes = [PlayedCluster.Node1] });

        history.ValuesOf("node-1", TopFigure.Connections).ShouldBe([1200, 1200]);
        history.ValuesOf("node-2", TopFigure.Connections).ShouldBeEmpty();
        history.Most(TopFigure.Connections).ShouldBe(1200);
    }
}
