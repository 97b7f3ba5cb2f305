using Microsoft.Playwright;
using Realtime.Client;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Pbm;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Dashboard;

/// <summary>The page on nodes that are processes: that it and they mean the same by the same words.</summary>
[Collection(InChromium.Name)]
public sealed class RealNodesTests(Chromium chromium) : DashboardStage(chromium)
{
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
