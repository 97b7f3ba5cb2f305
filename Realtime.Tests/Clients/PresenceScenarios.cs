using Realtime.Tests.Support;

namespace Realtime.Tests.Clients;

/// <summary>The part of <see cref="ClientScenarios"/> that is about who is here.</summary>
public abstract class PresenceScenarios(ScenarioServer server) : ScenarioStage(server)
{
    [Fact]
    public async Task Coming_changing_and_leaving_are_told()
    {
        var room = Channel("chat");
        var watcher = await NearAsync();
        await watcher.SubscribeAsync(room, "live");
        var guest = await NearAsync();

        await guest.SubscribeAsync(room, "live", Json("guest"));
        Shown(await NextAsync(watcher, room, "joined")).ShouldBe("guest");
        await guest.UpdateAsync(room, Json("renamed")).Within("the update to be answered");
        Shown(await NextAsync(watcher, room, "changed")).ShouldBe("renamed");
        (await PresentAsync(watcher, room)).ShouldBe("renamed");
        await guest.UnsubscribeAsync(room).Within("leaving to be answered");

        Shown(await NextAsync(watcher, room, "left")).ShouldBe("renamed");
        (await PresentAsync(watcher, room)).ShouldBe("");
    }

    [Fact]
    public async Task Presence_does_not_flicker_on_a_short_cut()
    {
        var room = Channel("chat");
        var watcher = await NearAsync();
        await watcher.SubscribeAsync(room, "live");
        var guest = await FarAsync();
        await guest.SubscribeAsync(room, "live", Json("guest"));
        await NextAsync(watcher, room, "joined");

        Network.Cut();
        Network.Heal();
        await guest.ReconnectedAsync().Within("the guest to come back");
        await guest.PublishAsync(room, Json(1)).Within("the publish to be answered");

        await NextAsync(watcher, room, "message");
        (await PresentAsync(watcher, room)).ShouldBe("guest");
    }

    [Fact]
    public async Task Presence_does_not_flicker_when_the_server_is_killed()
    {
        var room = Channel("chat");
        var watcher = await NearAsync();
        await watcher.SubscribeAsync(room, "live");
        var guest = await NearAsync();
        await guest.SubscribeAsync(room, "live", Json("guest"));
        await NextAsync(watcher, room, "joined");
        await guest.PublishAsync(room, Json(1)).Within("the publish to be answered");
        await NextAsync(watcher, room, "message");

        await Server.KillAsync();
        await Server.StartAsync();
        await watcher.ReconnectedAsync().Within("the watcher to come back");
        await guest.ReconnectedAsync().Within("the guest to come back");
        await guest.PublishAsync(room, Json(2)).Within("the publish to be answered");

        DriverEvent next;
        do
        {
            next = await NextAsync(watcher, room);
            next.Type.ShouldNotBe("left");
        }
        while (next.Type != "message");
        (await PresentAsync(watcher, room)).ShouldBe("guest");
    }

    [Fact]
    public async Task Who_stays_away_beyond_the_grace_time_has_left()
    {
        await using var hasty = new ScenarioServer(grace: "1s");
        await hasty.StartAsync();
        await using var network = new TcpProxy(hasty.Endpoint);
        var room = Channel("chat");
        var watcher = await ConnectAsync(hasty.Endpoint);
        await watcher.SubscribeAsync(room, "live");
        var guest = await ConnectAsync(network.Endpoint);
        await guest.SubscribeAsync(room, "live", Json("guest"));
        await NextAsync(watcher, room, "joined");

        network.Cut();

        Shown(await NextAsync(watcher, room, "left")).ShouldBe("guest");
        network.Heal();
        Shown(await NextAsync(watcher, room, "joined")).ShouldBe("guest");
    }

    [Fact]
    public async Task Who_says_bye_has_left_at_once()
    {
        // The grace time of this server is longer than any wait of this test.
        var room = Channel("chat");
        var watcher = await NearAsync();
        await watcher.SubscribeAsync(room, "live");
        var guest = await NearAsync();
        await guest.SubscribeAsync(room, "live", Json("guest"));
        await NextAsync(watcher, room, "joined");

        await guest.CloseAsync().Within("the bye to be answered");

        Shown(await NextAsync(watcher, room, "left")).ShouldBe("guest");
    }

    [Fact]
    public async Task After_a_resume_the_whole_presence_is_told()
    {
        var room = Channel("chat");
        var watcher = await FarAsync();
        await watcher.SubscribeAsync(room, "live");
        Network.Cut();
        var guest = await NearAsync();
        await guest.SubscribeAsync(room, "live", Json("guest"));

        Network.Heal();

        DriverEvent next;
        do
        {
            next = await watcher.NextAsync(room).Within("the whole presence after the resume");
            next.Type.ShouldBe("roster");
        }
        while (next.Members.Count == 0);
        Shown(next).ShouldBe("guest");
    }

    private static string Shown(DriverEvent change) => string.Join(' ', change.Members.Select(data => data.GetString()));

    private static async Task<string> PresentAsync(IClientDriver client, string channel) =>
        string.Join(' ', (await client.PresenceAsync(channel).Within("the presence")).Select(data => data.GetString()));
}
