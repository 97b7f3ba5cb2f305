using System.Text.Json;
using Microsoft.Playwright;
using Realtime.Tests.Clients.JavaScript;

namespace Realtime.Tests.Clients.Browser;

/// <summary>A client in a page of its own that the node has served, with the page's storage and locks.</summary>
internal sealed class BrowserDriver : JavaScriptDriver
{
    /// <summary>
    /// Any document of the node's that runs no script. It has to be real: Chromium lets no page reach a local address that did
    /// not come from one itself.
    /// </summary>
    private const string Empty = "/health/live";
    private const string Script = "/driver.mjs";

    private readonly IBrowserContext _browser;
    private readonly IPage _page;
    private readonly Uri _url;

    private BrowserDriver(IBrowserContext browser, IPage page, Uri url)
    {
        _browser = browser;
        _page = page;
        _url = url;
    }

    public static async Task<BrowserDriver> OpenAsync(IBrowserContext browser, Uri url, string? record = null)
    {
        var page = await browser.NewPageAsync();
        // Only this is the test's; the client comes from the node.
        await page.RouteAsync("**" + Script, route => route.FulfillAsync(new()
        {
            ContentType = "text/javascript",
            Path = Path.Combine(SourceTree.Root, "Realtime.Tests", "Clients", "JavaScript", "driver.mjs"),
        }));
        await page.GotoAsync(new Uri(url, Empty).AbsoluteUri);
        var driver = new BrowserDriver(browser, page, url);
        await driver.StartAsync(record);
        return driver;
    }

    /// <summary>Reloads the page: the client is gone, and a new one has only what the page's storage holds.</summary>
    /// <param name="between">What happens while there is no client.</param>
    public async Task ReloadAsync(Func<Task>? between = null)
    {
        await _page.ReloadAsync();
        await (between?.Invoke() ?? Task.CompletedTask);
        await StartAsync(null);
    }

    /// <summary>Subscribes with a history, and reads the first items: messages, with <c>again</c> where the page before had them, and reasons of gaps.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="history">How many messages, or <c>all</c>.</param>
    /// <param name="count">How many items to read.</param>
    public async Task<IReadOnlyList<string>> RecallAsync(string channel, object history, int count) =>
        [.. (await CallAsync("recall", channel, history, count)).EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>Subscribes with a client of its own, whose session the page does not remember.</summary>
    public async Task JoinForgetfullyAsync(string channel, string presence) => await _page.EvaluateAsync(
        """
        async ([url, channel, presence]) => {
          const { Realtime } = await import('/realtime.js');
          await new Realtime(url, { storage: null }).subscribe(channel, { presence }).ready;
        }
        """,
        new[] { _url.AbsoluteUri, channel, presence });

    /// <summary>Goes to another document.</summary>
    public Task LeaveAsync() => _page.GotoAsync("about:blank");

    /// <summary>Changes the session that the page remembers into one that no server knows.</summary>
    public Task ForgeSessionAsync() => _page.EvaluateAsync(
        """
        () => {
          const record = JSON.parse(sessionStorage.getItem('driver'));
          sessionStorage.setItem('driver', JSON.stringify({ ...record, session: 'forged' }));
        }
        """);

    public override async ValueTask DisposeAsync() => await _page.CloseAsync();

    protected override async Task<JsonElement> CallAsync(string method, params object?[] given)
    {
        var answer = await _page.EvaluateAsync<string>(
            """
            async (text) => {
              const { method, given } = JSON.parse(text);
              return JSON.stringify((await driver[method](...given)) ?? null);
            }
            """,
            JsonSerializer.Serialize(new { method, given }));
        return JsonDocument.Parse(answer).RootElement;
    }

    protected override async Task<IClientDriver> OpenAsync(string record) => await OpenAsync(_browser, _url, record);

    private async Task StartAsync(string? record) => await _page.EvaluateAsync(
        """
        async ([url, record]) => {
          const [{ Realtime }, { Driver }] = await Promise.all([import('/realtime.js'), import('/driver.mjs')]);
          globalThis.driver = new Driver(Realtime, url, record ?? undefined);
        }
        """,
        new[] { _url.AbsoluteUri, record });
}
