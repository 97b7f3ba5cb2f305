using Microsoft.Playwright;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Samples;

/// <summary>The auction, as bidders use it in their browsers.</summary>
[Collection(InChromium.Name)]
public sealed class AuctionTests(Chromium chromium)
{
    private const string Chair = "A chair with a past";

    [Fact]
    public async Task Bidders_outbid_each_other_and_everybody_sees_it()
    {
        Required.OrSkip(Chromium.Missing);
        await using var sample = await SampleProgram.StartAsync("auction");
        var (ann, bob, looker) = (await OpenAsync(sample, "Ann"), await OpenAsync(sample, "Bob"), await OpenAsync(sample, null));

        await BidAsync(ann, 50);
        await Expect(Lot(looker)).ToContainTextAsync("€50 by Ann");
        await BidAsync(bob, 60);
        await Expect(Lot(ann)).ToContainTextAsync("€60 by Bob");
        await Expect(Lot(looker).GetByRole(AriaRole.Listitem)).ToHaveTextAsync(["€60 by Bob", "€50 by Ann"]);

        await BidAsync(bob, 70);
        await Expect(bob.GetByRole(AriaRole.Alert)).ToContainTextAsync("the highest bid is yours already");
        await Expect(Lot(looker)).ToContainTextAsync("3 in the room");
        await Expect(Lot(looker).GetByText("Bid", new() { Exact = true })).ToBeDisabledAsync();
        await Expect(Lot(looker)).ToContainTextAsync(" left");
    }

    [Fact]
    public async Task A_name_that_is_none_is_refused_with_the_reason()
    {
        Required.OrSkip(Chromium.Missing);
        await using var sample = await SampleProgram.StartAsync("auction");
        var page = await OpenAsync(sample, "<b>");

        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("a name has 1 to 30 letters");
    }

    [Theory]
    [InlineData(360, 740, ColorScheme.Light)]
    [InlineData(1280, 800, ColorScheme.Dark)]
    public async Task The_page_has_nothing_that_shuts_people_out(int width, int height, ColorScheme scheme)
    {
        Required.OrSkip(Chromium.Missing);
        Required.OrSkip(Axe.Missing);
        await using var sample = await SampleProgram.StartAsync("auction");
        var page = await OpenAsync(sample, "Ann", new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme });

        await Axe.ShouldFindNothingAsync(page, $"auction {width} {scheme}");
        await Overhang.ShouldBeNoneAsync(page, "auction");
    }

    private static ILocator Lot(IPage page) => page.GetByRole(AriaRole.Article).Filter(new() { HasText = Chair });

    private static async Task BidAsync(IPage page, int amount)
    {
        await Lot(page).GetByLabel("Euros").FillAsync($"{amount}");
        await Lot(page).GetByText("Bid", new() { Exact = true }).ClickAsync();
    }

    private async Task<IPage> OpenAsync(SampleProgram sample, string? name, BrowserNewContextOptions? options = null)
    {
        var browser = await chromium.OpenAsync(options);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(sample.Url.AbsoluteUri);
        if (name is not null)
        {
            await page.GetByLabel("Your name").FillAsync(name);
            await page.GetByText("Take a seat").ClickAsync();
        }

        await Expect(name is "<b>" ? page.GetByRole(AriaRole.Alert) : Lot(page)).ToBeVisibleAsync();
        return page;
    }
}
