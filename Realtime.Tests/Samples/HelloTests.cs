using System.Net;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Samples;

/// <summary>The smallest application, as two people and its back end use it.</summary>
[Collection(InChromium.Name)]
public sealed class HelloTests(Chromium chromium)
{
    [Fact]
    public async Task What_one_window_says_and_what_the_back_end_announces_is_read_in_the_other_and_what_is_refused_is_not()
    {
        Required.OrSkip(Chromium.Missing);
        await using var sample = await SampleProgram.StartAsync("hello");
        await using var browser = await chromium.OpenAsync();
        var (ann, bob) = (await OpenAsync(browser, sample), await OpenAsync(browser, sample));

        await SayAsync(ann, "good morning");
        await Expect(bob.Locator("li").First).ToHaveTextAsync("good morning");

        await SayAsync(ann, "buy spam");
        await Expect(ann.GetByRole(AriaRole.Status)).ToContainTextAsync("no advertising");

        using var http = new HttpClient { BaseAddress = sample.Url };
        (await http.PostAsJsonAsync("/announce", new { text = "closing soon" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Expect(bob.Locator("li").First).ToHaveTextAsync("closing soon");
        await Expect(bob.Locator("li")).ToHaveCountAsync(2);

        await bob.GetByText("Roll a die").ClickAsync();
        await Expect(bob.GetByRole(AriaRole.Status)).ToContainTextAsync("You rolled");
    }

    private static async Task<IPage> OpenAsync(IBrowserContext browser, SampleProgram sample)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync(sample.Url.AbsoluteUri);
        return page;
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByLabel("Message").FillAsync(text);
        await page.GetByText("Send").ClickAsync();
    }
}
