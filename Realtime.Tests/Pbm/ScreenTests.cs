using Realtime.Messages.Operators;
using Realtime.Pbm;

namespace Realtime.Tests.Pbm;

/// <summary>Colours, narrow windows, and text that is not to be trusted.</summary>
public sealed class ScreenTests
{
    private const char Escape = '\u001b';

    public static TheoryData<string> Tables =>
    [
        "cluster show", "cluster-sharding regions", "cluster-sharding shards", "cluster-sharding list", $"session show {PlayedCluster.SessionId}", "session list", "channel list",
        "channel show chat:lobby", "node show node-1", "audit", "log level",
    ];

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task What_is_redirected_has_no_escape_codes_and_one_line_per_row(string verb)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, verb.Split(' '));

        (run.Output + run.Error).ShouldNotContain(Escape);
        run.Output.ShouldNotContain("no room for");
        run.Output.ShouldNotContain("…");
        run.Output.Split('\n').ShouldAllBe(line => line == line.TrimEnd());
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Sixty_columns_are_enough(string verb)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, static around => Terminal(around, 60), [.. verb.Split(' '), "--no-color"]);

        run.Code.ShouldBe(0, run.Error);
        run.Output.ShouldNotContain(Escape);
        run.Output.Split('\n').Where(line => !line.StartsWith("(no room for", StringComparison.Ordinal)).ShouldAllBe(line => line.TrimEnd().Length <= 60);

        // A table whose words are broken in the middle has lines with hardly anything on them.
        run.Output.Split('\n').ShouldAllBe(line => line.Trim().Length == 0 || line.Trim().Length > 3);
    }

    [Fact]
    public async Task In_a_narrow_window_what_matters_most_stays()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, static around => Terminal(around, 60), "cluster", "show", "--no-color");

        run.Output.ShouldContain("NODE");
        run.Output.ShouldContain("active, no answer");
        run.Output.ShouldContain("CONNECTIONS");
        run.Output.ShouldNotContain("wss://");
        run.Output.ShouldContain("no room for:");
    }

    [Fact]
    public async Task At_a_terminal_colours_mean_something()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, static around => Terminal(around, 200), "cluster", "show");

        run.Output.ShouldContain($"{Escape}[32mactive");
        run.Output.ShouldContain($"{Escape}[33mdraining");
        run.Output.ShouldContain($"{Escape}[91mactive,");
    }

    [Theory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public async Task Who_wants_no_colours_gets_none(string name, string value)
    {
        await using var api = await PlayedApi.StartWholeAsync();

        var run = await PbmRun.Of(api, around => Terminal(around, 200) with { Variable = asked => asked == name ? value : null }, "cluster", "show");

        run.Output.ShouldNotContain(Escape);
    }

    [Fact]
    public async Task A_node_that_refuses_for_a_limit_names_who_is_refused_most()
    {
        await using var api = await PlayedApi.StartWholeAsync();
        (await PbmRun.Of(api, "node", "show", "node-1")).Output.ShouldNotContain("LIMITED", Case.Sensitive);
        api.Answer("GET nodes/node-1", PlayedCluster.Node1 with
        {
            Live = PlayedCluster.Node1.Live! with { Limited = [new LimitedClient("user", "ada", "requests", 12_345), new LimitedClient("address", "2001:db8::/64", "sockets", 7)] },
        });

        var lines = (await PbmRun.Of(api, static around => Terminal(around, 200), "node", "show", "node-1", "--no-color")).Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();

        lines.ShouldContain("LIMITED BY LATEST REFUSED");
        lines.ShouldContain("ada user requests 12,345");
        lines.ShouldContain("2001:db8::/64 address sockets 7");
    }

    [Fact]
    public async Task Json_has_no_colours_at_a_terminal_either()
    {
        await using var api = await PlayedApi.StartWholeAsync();

        (await PbmRun.Of(api, static around => Terminal(around, 200), "cluster", "show", "--json")).Output.Trim().ShouldBe(PlayedApi.Json(PlayedCluster.Cluster));
    }

    [Fact]
    public async Task Text_of_others_cannot_steer_the_terminal()
    {
        await using var api = await PlayedApi.StartAsync();
        api.Answer("GET sessions", new SessionPage([PlayedCluster.Session with { User = "ada\u001b[2J\u0007\u202eevil" }], null, []));
        api.Answer("GET nodes/node-1/log", new LogPage([PlayedCluster.Line(1, "error", "line one\nline two\u001b]0;title\u0007 [red]markup[/]")], 1, 0));

        var list = await PbmRun.Of(api, static around => Terminal(around, 200), "session", "list", "--no-color");
        var log = await PbmRun.Of(api, "log", "tail", "node-1", "--lines", "1");

        list.Output.ShouldContain("ada\\u001b[2J\\u0007\\u202eevil");
        list.Output.ShouldNotContain(Escape);
        log.Output.ShouldContain("line one line two\\u001b]0;title\\u0007 [red]markup[/]");
        log.Output.ShouldNotContain(Escape);
    }

    [Fact]
    public async Task Long_names_are_cut_in_a_window_and_whole_in_a_file()
    {
        await using var api = await PlayedApi.StartAsync();
        var name = "chat:" + new string('x', 150);
        api.Answer("GET channels", new ChannelPage([PlayedCluster.Channel with { Name = name }], null, []));

        var window = await PbmRun.Of(api, static around => Terminal(around, 80), "channel", "list", "--no-color");
        var file = await PbmRun.Of(api, "channel", "list");

        window.Output.ShouldContain("xxx…");
        window.Output.ShouldContain("3.5");
        file.Output.ShouldContain(name);
    }

    private static Surroundings Terminal(Surroundings around, int width) => around with { OutputIsTerminal = true, Width = () => width, Height = () => 40 };
}
