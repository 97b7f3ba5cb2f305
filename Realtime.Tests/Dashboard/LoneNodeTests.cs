using Microsoft.Playwright;
using Realtime.Messages.Operators;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Dashboard;

/// <summary>The page of a node that is alone on its store: nothing on it speaks of others.</summary>
[Collection(InChromium.Name)]
public sealed class LoneNodeTests(Chromium chromium) : DashboardStage(chromium)
{
    private static readonly StoreStatus Store = new("data/realtime.db", true, true, null);

    private static readonly NodeStatus Node = Samples.Node("node-a", shards: 512) with
    {
        Incarnation = 0,
        PeerAddress = "",
        ClientUrl = null,
        Live = Samples.Node("node-a").Live! with { Store = Store },
    };

    [Fact]
    public async Task There_is_nothing_to_press_that_would_be_refused()
    {
        var window = await OpenAsync(await LoneAsync(Node));

        await window.ShouldSayAsync("One node, alone on its store: all well");
        await Expect(window.Page.Locator("#moves")).ToBeHiddenAsync();
        await Expect(window.Page.Locator("[data-action]:visible")).ToHaveCountAsync(0);
        await Expect(window.All("map")).ToHaveAttributeAsync("data-cells", "512");

        await window.GoAsync("#/nodes/node-a");
        await Expect(window.All("node-page").Locator("[data-action]:visible")).ToHaveTextAsync(["Leave"]);
        await Expect(window.All("node-page").Locator("dt")).Not.ToContainTextAsync(["Incarnation"]);
    }

    [Fact]
    public async Task Its_page_shows_the_journals_and_the_dead_letters()
    {
        var window = await OpenAsync(await LoneAsync(Node), "#/nodes/node-a");

        await Expect(window.All("journal")).ToHaveCountAsync(2);
        await Expect(window.All("journal").Nth(0)).ToContainTextAsync("channelsclosed124.1 kB0none");
        await Expect(window.All("journal").Nth(1)).ToContainTextAsync("timeout (out-of-reach)");
        await Expect(window.All("node-page")).ToContainTextAsync("3, the latest a Terminated");
    }

    [Fact]
    public async Task An_end_is_confirmed_in_words_of_one_node()
    {
        var stand = await LoneAsync(Node);
        stand.Answer("POST nodes/node-a/leave", new ActionResult(false, "node-a says goodbye to its clients, and then its process ends.", []), OperatorJson.Default.ActionResult);
        var window = await OpenAsync(stand, "#/nodes/node-a");

        await window.Button("Leave").ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("nobody is served until it is started again");
        await window.Button("End node-a").ClickAsync();
        await Soon.IsTrueAsync(() => stand.Actions.Count == 1, "the action");
        stand.Actions[0].What.ShouldBe("POST nodes/node-a/leave");

        Lone(stand, Node with { Status = "draining", Live = Node.Live! with { Phase = "draining" } });
        await window.ShouldSayAsync("node-a is stopping: 1,500 connections to go");
    }

    [Fact]
    public async Task Trouble_with_the_store_is_said_once()
    {
        var bad = Store with { Well = false, Fault = "sessions: it does not answer: no route to host" };
        var stand = await LoneAsync(Node with { Live = Node.Live! with { Standing = "frozen", Store = bad, Obstacles = ["The store is not well (sessions): it does not answer: no route to host."] } }, bad);
        stand.Answer("GET events", new EventPage([new ClusterEvent(1, Samples.At, "store-trouble", "node-a", "The store is not well (sessions).")], 1, 0), OperatorJson.Default.EventPage);
        var window = await OpenAsync(stand);

        await window.ShouldSayAsync("The store is not well: sessions: it does not answer: no route to host");
        await Expect(window.All("finding")).ToHaveCountAsync(0);
        await Expect(window.All("event").First).ToHaveAttributeAsync("data-tone", "bad");
    }

    [Fact]
    public async Task After_a_restart_the_events_of_the_new_process_are_shown()
    {
        var stand = await LoneAsync(Node with { Live = Node.Live! with { UptimeSeconds = 100 } });
        Started(stand, "the first process started");
        var window = await OpenAsync(stand);
        await Expect(window.All("event")).ToContainTextAsync(["the first process started"]);

        Started(stand, "the second process started");
        Lone(stand, Node with { Live = Node.Live! with { UptimeSeconds = 3 } });

        await Expect(window.All("event")).ToContainTextAsync(["the second process started"]);
    }

    /// <summary>Its first and only event, as of every process that is well.</summary>
    private static void Started(OperatorStand stand, string text) => stand.Answer(
        "GET events", new EventPage([new ClusterEvent(1, Samples.At, "started", "node-a", text)], 1, 0), OperatorJson.Default.EventPage);

    private async Task<OperatorStand> LoneAsync(NodeStatus node, StoreStatus? store = null)
    {
        var stand = await StandAsync();
        Lone(stand, node, store);
        stand.Answer("GET shards/map", new ShardMapReport(["node-a"], [.. Enumerable.Repeat(0, 256)], [.. Enumerable.Repeat(0, 256)], []), OperatorJson.Default.ShardMapReport);
        return stand;
    }

    private static void Lone(OperatorStand stand, NodeStatus node, StoreStatus? store = null) => stand.Answer(
        "GET cluster",
        new ClusterStatus(node.Name, false, node.Name, 1, node.Live!.Standing, store ?? Store, new ShardCounts(512, 0, 0), [], [], [node], []),
        OperatorJson.Default.ClusterStatus);
}
