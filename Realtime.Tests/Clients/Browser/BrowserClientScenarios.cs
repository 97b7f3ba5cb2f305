using Microsoft.Playwright;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.Browser;

[Collection(InChromium.Name)]
public sealed class BrowserClientScenarios(ScenarioServer server, Chromium chromium) : ClientScenarios(server)
{
    private IBrowserContext? _browser;

    protected override string? Missing => Chromium.Missing;

    [Fact]
    public async Task A_reloaded_page_goes_on_as_the_same_session_where_it_was()
    {
        var room = Channel("chat");
        var watcher = await NearAsync();
        await watcher.SubscribeAsync(room, "live");
        var page = (BrowserDriver)await NearAsync();
        await page.SubscribeAsync(room, "live", Json("page"));
        await NextAsync(watcher, room, "joined");
        await page.SetAsync("theme", Json("dark"));
        await PublishAsync(page, room, 1, 2);
        (await ReadAsync(page, room, 2, "joined")).ShouldBe([1, 2]);

        await page.ReloadAsync(between: () => PublishAsync(watcher, room, 3, 4));
        await page.SubscribeAsync(room, "live", Json("page")).Within("the reloaded page to be subscribed");
        await PublishAsync(page, room, 5, 6);

        (await page.StateAsync("theme"))!.Value.GetString().ShouldBe("dark");
        (await ReadAsync(page, room, 4, "changed")).ShouldBe(Numbers(3, 6));
        // It shows itself anew, but for others it was never away.
        (await ReadAsync(watcher, room, 6, "changed")).ShouldBe(Numbers(1, 6));
    }

    [Fact]
    public async Task A_reloaded_page_whose_session_is_lost_is_told_what_it_missed()
    {
        var room = Channel("short");
        var writer = await NearAsync();
        var page = (BrowserDriver)await NearAsync();
        await page.SubscribeAsync(room, "live");
        await PublishAsync(writer, room, 1, 1);
        (await ReadAsync(page, room, 1)).ShouldBe([1]);

        await page.ReloadAsync(between: async () =>
        {
            await PublishAsync(writer, room, 2, 30);
            await page.ForgeSessionAsync();
        });
        await page.SubscribeAsync(room, "live").Within("the reloaded page to be subscribed");

        (await NextAsync(page, room, "gap")).Reason.ShouldBe("trimmed");
        var first = (await ReadAsync(page, room, 1)).Single();
        (await ReadAsync(page, room, 30 - first)).ShouldBe(Numbers(first + 1, 30));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reloaded_page_shows_its_last_messages_again_and_then_what_it_missed(bool lost)
    {
        var room = Channel("chat");
        var writer = await NearAsync();
        await PublishAsync(writer, room, 1, 8);
        var page = (BrowserDriver)await NearAsync();
        (await page.RecallAsync(room, 5, 5).Within("the last messages")).ShouldBe(["4", "5", "6", "7", "8"]);
        await page.ReloadAsync(between: async () =>
        {
            await PublishAsync(writer, room, 9, 10);
            await (lost ? page.ForgeSessionAsync() : Task.CompletedTask);
        });

        (await page.RecallAsync(room, 5, 7).Within("the reloaded page to be full again"))
            .ShouldBe(["4 again", "5 again", "6 again", "7 again", "8 again", "9", "10"]);
    }

    [Fact]
    public async Task A_counter_of_everything_counts_rightly_over_reloads_and_many_pages_of_history()
    {
        var room = Channel("chat");
        var writer = await NearAsync();
        await PublishAsync(writer, room, 1, 120);
        var page = (BrowserDriver)await NearAsync();
        (await page.RecallAsync(room, "all", 120).Within("everything")).ShouldBe(Numbers(1, 120).Select(n => $"{n}"));

        await page.ReloadAsync(between: () => PublishAsync(writer, room, 121, 130));

        (await page.RecallAsync(room, "all", 130).Within("everything after the reload"))
            .ShouldBe(Numbers(1, 130).Select(n => n <= 120 ? $"{n} again" : $"{n}"));
    }

    [Fact]
    public async Task A_page_that_is_left_ends_a_session_that_it_does_not_remember()
    {
        // The grace time of this server is longer than any wait of this test.
        var room = Channel("chat");
        var watcher = await NearAsync();
        await watcher.SubscribeAsync(room, "live");
        var page = (BrowserDriver)await NearAsync();
        await page.JoinForgetfullyAsync(room, "guest").Within("the page to be subscribed");
        await NextAsync(watcher, room, "joined");

        await page.LeaveAsync();

        (await NextAsync(watcher, room, "left")).Members.Select(member => member.GetString()).ShouldBe(["guest"]);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    protected override async Task<IClientDriver> OpenAsync(Uri url) => await BrowserDriver.OpenAsync(_browser ??= await chromium.OpenAsync(), url);
}
