using Microsoft.Playwright;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Dashboard;

[Collection(InChromium.Name)]
public sealed class AppearanceTests(Chromium chromium) : DashboardStage(chromium)
{
    private const string Evil = "<img src=x onerror=\"document.title='owned'\"><b>bold</b>";

    /// <summary>Every page, each with what is there when it has been answered.</summary>
    private static (string Hash, string Shown)[] Pages(string evil)
    {
        var (node, channel) = (Uri.EscapeDataString("node-a" + evil), Uri.EscapeDataString("chat:room" + evil));
        return
        [
            ("#/sessions", "session"), ("#/sessions/" + Samples.Session, "subscription"), ("#/channels", "channel"), ("#/channels/" + channel, "channel-page"),
            ("#/log/" + node, "log-line"), ("#/nodes/" + node, "node-page"), ("#/find/" + channel, "channel"), ("#/events", "audit"), ("#/", "node"), ("#/shards/channel/255", "shard"),
        ];
    }

    /// <summary>The least contrast between the text of each of these and what is behind it, with where it was; and of the tones of nodes against panels.</summary>
    private const string Contrasts =
        """
        () => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
          const context = canvas.getContext('2d', { willReadFrequently: true });
          const luminance = (colour) => {
            context.clearRect(0, 0, 1, 1);
            context.fillStyle = colour;
            context.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (one, other) => {
            const [a, b] = [luminance(one), luminance(other)];
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          };
          const behind = (node) => {
            while (node.parentElement && /, 0\)$|^transparent$|\/ 0\)$/.test(getComputedStyle(node).backgroundColor)) node = node.parentElement;
            return getComputedStyle(node).backgroundColor;
          };
          const texts = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility() && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
          const low = texts.filter((node) => !node.closest('.sr, noscript') && contrast(getComputedStyle(node).color, behind(node)) < 4.5)
            .map((node) => `${node.tagName} ${node.className} "${node.textContent.slice(0, 40)}" ${contrast(getComputedStyle(node).color, behind(node)).toFixed(2)}`);
          const style = getComputedStyle(document.documentElement);
          for (let i = 0; i < 10; i++) {
            const found = contrast(style.getPropertyValue(`--tone-${i}`), style.getPropertyValue('--panel'));
            if (found < 3) low.push(`tone ${i} ${found.toFixed(2)}`);
          }
          return [texts.length > 60 ? 'many' : `only ${texts.length} texts`, ...low];
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_text_is_readable_and_every_tone_stands_out(ColorScheme scheme)
    {
        var stand = await StandAsync();
        Samples.Cluster(stand, [Samples.Node("node-a"), Samples.Node("node-b", "draining"), Samples.Node("node-c", "dead") with { Reachable = false, Live = null }]);
        var window = await OpenAsync(stand, options: new BrowserNewContextOptions { ColorScheme = scheme });
        await Expect(window.All("node")).ToHaveCountAsync(3);
        await Expect(window.All("audit")).ToHaveCountAsync(1);

        (await window.Page.EvaluateAsync<string[]>(Contrasts)).ShouldBe(["many"]);

        await window.Node("node-a").GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync();
        (await window.Page.EvaluateAsync<string[]>(Contrasts)).ShouldBe(["many"]);
    }

    [Fact]
    public async Task On_a_phone_nothing_hangs_over_whatever_things_are_called()
    {
        const int Width = 390;
        var word = new string('w', 120);
        var stand = await StandAsync(evil: word);
        var window = await OpenAsync(stand, options: new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = Width, Height = 844 },
            IsMobile = true,
            HasTouch = true,
        });
        await Expect(window.All("node")).ToHaveCountAsync(3);
        foreach (var (page, shown) in Pages(word))
        {
            await window.GoAsync(page);
            await Expect(window.All(shown).First).ToContainTextAsync(word);

            // Not the width of the window: on a phone that grows with what hangs over.
            (await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(Width, page);
        }
    }

    [Fact]
    public async Task What_other_people_wrote_is_text_and_never_markup()
    {
        var stand = await StandAsync(evil: Evil);
        var window = await OpenAsync(stand);

        await Expect(window.All("node").First).ToContainTextAsync("node-a" + Evil);
        await Expect(window.All("event")).ToContainTextAsync(Evil);
        await Expect(window.All("audit")).ToContainTextAsync("refused" + Evil);
        foreach (var (page, shown) in Pages(Evil))
        {
            await window.GoAsync(page);
            await Expect(window.All(shown).First).ToContainTextAsync(Evil);
            (await window.Page.Locator("img[src=x], main b:text-is('bold')").CountAsync()).ShouldBe(0, page);
        }

        await window.GoAsync("#/channels/" + Uri.EscapeDataString("chat:room" + Evil));
        await window.Button("Read the newest").ClickAsync();
        await Expect(window.All("message")).ToContainTextAsync("ada" + Evil);
        (await window.Page.Locator("img[src=x]").CountAsync()).ShouldBe(0);
        (await window.Page.TitleAsync()).ShouldNotBe("owned");
    }
}
