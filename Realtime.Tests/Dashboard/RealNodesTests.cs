using Microsoft.Playwright;
using Realtime.Client;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Operations;
using Realtime.Tests.Pbm;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Dashboard;

/// <summary>The page on nodes that are processes: that it and they mean the same by the same words.</summary>
[Collection(InChromium.Name)]
public sealed class RealNodesTests(Chromium chromium) : DashboardStage(chromium)
{
    [Fact]
    public async Task A_session_is_found_and_its_node_is_ended()
    {
        await using var node = await RealCluster.StartAsync(1);
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = node.Clients[0] });
        await client.ConnectAsync().Within("the client's connection");
        await client.Subscribe("chat:page").Ready.Within("the subscription");

        var window = await OpenAsync(new Uri(node.Operators[0]));
        await window.ShouldSayAsync("One node, alone on its store: all well");
        await Expect(window.All("map")).ToHaveAttributeAsync("data-cells", "512");
        await Expect(window.All("event").First).ToContainTextAsync("node-1 started, and serves clients.");

        await window.FindAsync("chat:page");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "chat:page" })).ToBeVisibleAsync();
        await window.GoAsync("#/sessions");

        // A session that is too busy to answer is left out of a list; the reader looks again.
        await OperatedApp.UntilAsync("the session to be listed", async () =>
        {
            await window.Button("Show").ClickAsync();
            return await window.All("session").CountAsync() > 0;
        });
        await window.Page.Locator("a[href^='#/sessions/']").First.ClickAsync();
        await Expect(window.All("session-page")).ToContainTextAsync("attached");
        await Expect(window.All("subscription")).ToContainTextAsync("chat:page");

        await window.GoAsync("#/nodes/node-1");
        await Expect(window.All("journal")).ToHaveCountAsync(2);

        // One of them is the log of revocations, and one names the hours in which something is scheduled.
        await Expect(window.All("node-page")).ToContainTextAsync("Channels in memory3");
        await window.Button("Leave").ClickAsync();
        await window.Button("End node-1").ClickAsync();
        (await node.Nodes[0].ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_session_is_found_and_a_node_is_drained_and_taken_back_while_its_client_goes_on()
    {
        await using var cluster = await RealCluster.StartAsync(2);
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = cluster.Clients[1] });
        var gaps = 0;
        client.GapReceived += _ => Interlocked.Increment(ref gaps);
        await client.ConnectAsync().Within("the client's connection");
        await client.Subscribe("chat:page").Ready.Within("the subscription");

        var window = await OpenAsync(new Uri(cluster.Operators[0]));
        await Expect(window.Verdict).ToHaveTextAsync("2 nodes, all well", new() { Timeout = 30_000 });

        await window.FindAsync("chat:page");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "chat:page" })).ToBeVisibleAsync();
        await window.GoAsync("#/sessions");
        await window.Page.Locator("a[href^='#/sessions/']").First.ClickAsync();
        await Expect(window.All("session-page")).ToContainTextAsync("attached");
        await Expect(window.All("subscription")).ToContainTextAsync("chat:page");

        await window.GoAsync("#/");
        await window.Node("node-2").GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync();
        await window.Button("Drain node-2").ClickAsync();
        await Expect(window.Node("node-2")).ToContainTextAsync("drained", new() { Timeout = 30_000 });
        await window.Node("node-2").GetByRole(AriaRole.Button, new() { Name = "Undrain" }).ClickAsync();
        await window.Button("Undrain node-2").ClickAsync();
        await Expect(window.Node("node-2")).ToContainTextAsync("active", new() { Timeout = 30_000 });

        await client.PublishAsync("chat:page", 1).Within("a publish afterwards");
        gaps.ShouldBe(0);
    }
}
