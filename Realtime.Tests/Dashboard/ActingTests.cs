using Microsoft.Playwright;
using Realtime.Messages.Operators;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;
using static Realtime.Messages.Operators.OperatorJson;

namespace Realtime.Tests.Dashboard;

[Collection(InChromium.Name)]
public sealed class ActingTests(Chromium chromium) : DashboardStage(chromium)
{
    private const string Key = "sixteen-bytes-or-more";
    private const string ViewKey = "another-sixteen-bytes";

    private static ActionResult Done(string text) => new(true, text, []);

    [Fact]
    public async Task A_drain_says_what_will_happen_and_can_be_called_off()
    {
        var stand = await StandAsync();
        stand.Answer("POST nodes/node-b/drain", Done("node-b is draining."), Default.ActionResult);
        var window = await OpenAsync(stand);
        var drain = window.Node("node-b").GetByRole(AriaRole.Button, new() { Name = "Drain" });

        await drain.ClickAsync();
        await Expect(window.All("confirm")).ToContainTextAsync("1,500 connections and 170 shards go to other nodes");
        await Expect(window.Button("Cancel")).ToBeFocusedAsync();
        await window.Button("Cancel").ClickAsync();
        await Expect(window.All("confirm")).ToBeHiddenAsync();
        await Expect(drain).ToBeFocusedAsync();
        stand.Actions.ShouldBeEmpty();

        await drain.ClickAsync();
        Samples.Cluster(stand, [Samples.Node("node-a"), Samples.Node("node-b", "draining", shards: 300, connections: 200), Samples.Node("node-c")]);
        await window.Button("Drain node-b").ClickAsync();

        await Expect(window.All("notice")).ToContainTextAsync("node-b is draining.");
        stand.Actions.ShouldHaveSingleItem().What.ShouldBe("POST nodes/node-b/drain");
        await Expect(window.Node("node-b").Locator(".progress")).ToHaveTextAsync("300 shards left, 200 connections left");
        await window.ShouldSayAsync("node-b is draining: 300 shards and 200 connections to go");
        await Expect(window.Node("node-b").GetByRole(AriaRole.Button, new() { Name = "Undrain" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_eviction_wants_the_name_and_a_refusal_stays_on_the_screen()
    {
        var stand = await StandAsync();
        stand.Refuse("POST nodes/node-c/evict", 409, "conflict", "node-c is alive: its heartbeat still moves.");
        var window = await OpenAsync(stand, "#/nodes/node-c");

        await window.Button("Evict…").ClickAsync();
        await window.Button("Evict node-c").ClickAsync();
        await Expect(window.All("confirm")).ToContainTextAsync("Type “node-c” to confirm.");
        stand.Actions.ShouldBeEmpty();

        await window.Page.Locator("#confirm-name").FillAsync("node-c");
        await window.Button("Evict node-c").ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("node-c is alive: its heartbeat still moves.");
        await Expect(window.All("confirm")).ToBeVisibleAsync();
        stand.Actions.ShouldHaveSingleItem().ShouldBe(("POST nodes/node-c/evict", """{"force":false}"""));
    }

    [Fact]
    public async Task With_the_keyboard_alone_a_shard_is_found_and_sent_elsewhere()
    {
        var stand = await StandAsync();
        stand.Answer("POST shards/channel/255/move", Done("channel shard 255 is on its way to node-c."), Default.ActionResult);
        var window = await OpenAsync(stand);
        await Expect(window.All("map")).ToHaveAttributeAsync("data-cells", "512");

        await window.All("map").FocusAsync();
        await window.Page.Keyboard.PressAsync("End");
        await Expect(window.All("map-words")).ToHaveTextAsync("Channel shard 255 · on node-a · 12 channels in memory");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.All("shard")).ToContainTextAsync("Channel shard 255");
        await window.Page.GetByLabel("Move it to").SelectOptionAsync("node-c");
        await window.Page.GetByLabel("Move it to").PressAsync("Tab");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Button("Move it").ClickAsync();

        await Expect(window.All("notice")).ToContainTextAsync("on its way to node-c");
        stand.Actions.ShouldHaveSingleItem().ShouldBe(("POST shards/channel/255/move", """{"to":"node-c"}"""));
    }

    [Fact]
    public async Task A_session_is_disconnected_with_a_reason()
    {
        var stand = await StandAsync();
        stand.Answer($"POST sessions/{Samples.Session}/disconnect", Done("The session has ended."), Default.ActionResult);
        var window = await OpenAsync(stand, "#/sessions/" + Samples.Session);

        await window.Button("Disconnect…").ClickAsync();
        await window.Page.GetByText("End the session.").ClickAsync();
        await window.Page.GetByLabel("Reason").FillAsync("spam");
        await window.Button("Disconnect").ClickAsync();

        await Expect(window.All("notice")).ToContainTextAsync("The session has ended.");
        stand.Actions.ShouldHaveSingleItem().Body.ShouldBe("""{"reconnect":false,"reason":"spam"}""");
    }

    [Fact]
    public async Task A_key_is_asked_for_and_one_that_may_only_look_shuts_the_actions()
    {
        var stand = await StandAsync(new OperatorStand { Key = Key, ViewKey = ViewKey });
        var window = await OpenAsync(stand);

        await window.UseKeyAsync("a-key-of-yesterday");
        await Expect(window.All("key")).ToContainTextAsync("This key is not known here.");
        await window.UseKeyAsync(ViewKey);

        await window.ShouldSayAsync("3 nodes, all well");
        var drain = window.Node("node-b").GetByRole(AriaRole.Button, new() { Name = "Drain" });
        await Expect(drain).ToHaveAttributeAsync("aria-disabled", "true");
        await drain.ClickAsync(new LocatorClickOptions { Force = true });
        await Expect(window.All("notice")).ToContainTextAsync("This key may look and do nothing");
        await Expect(window.All("confirm")).ToBeHiddenAsync();
        (await window.Page.EvaluateAsync<int>("() => localStorage.length + document.cookie.length")).ShouldBe(0);

        await window.Button("View only").ClickAsync();
        await window.UseKeyAsync(Key);
        await Expect(drain).Not.ToHaveAttributeAsync("aria-disabled", "true");
        stand.Actions.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_that_turns_out_to_look_only_is_told_of_where_it_was_used()
    {
        var stand = await StandAsync(new OperatorStand { Key = Key, ViewKey = ViewKey, TellsRight = false });
        var window = await OpenAsync(stand);
        await window.UseKeyAsync(ViewKey);
        var drain = window.Node("node-b").GetByRole(AriaRole.Button, new() { Name = "Drain" });

        await drain.ClickAsync();
        await window.Button("Drain node-b").ClickAsync();

        await Expect(window.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Refused: This key may look and do nothing.");
        await window.Button("Cancel").ClickAsync();
        await Expect(drain).ToHaveAttributeAsync("aria-disabled", "true");
    }
}
