using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Page;

/// <summary>One window of the demo page, seen through its <c>data-testid</c> attributes.</summary>
internal sealed class PageWindow
{
    /// <summary>Asked of the node that the page came from: that nobody answers is an answer.</summary>
    private const string Probe = "/health/serving";

    private readonly List<string> _faults = [];

    private PageWindow(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => _faults.Add(error);
        page.Console += (_, message) => Keep(message);
        page.RequestFailed += (_, request) => Keep(request);
    }

    public IPage Page { get; }

    public ILocator Messages => All("message");

    public ILocator Texts => Page.Locator("[data-testid=message] .text");

    /// <summary>Uncaught errors, errors on the console, files that did not load.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Opens the room and waits until the window is connected.</summary>
    public static async Task<PageWindow> OpenAsync(IBrowserContext browser, Uri node, string room, string name)
    {
        var window = new PageWindow(await browser.NewPageAsync());
        await window.Page.GotoAsync(new Uri(node, $"/#{room}").AbsoluteUri);
        await window.StatusAsync("connected");
        await window.RenameAsync(name);
        return window;
    }

    public ILocator All(string id, string more = "") => Page.Locator($"[data-testid={id}]{more}");

    public ILocator Person(string name) => All("person", $"[data-name='{name}']");

    public Task StatusAsync(string state) => Expect(All("status")).ToHaveAttributeAsync("data-state", state);

    public async Task RenameAsync(string name)
    {
        // On a phone it is behind a tab, and typing into what is hidden is not what people can do.
        await All("name").EvaluateAsync("(input, name) => { input.value = name; input.dispatchEvent(new Event('change')); }", name);
        await Expect(Page.Locator($"[data-testid=person][data-me=true][data-name='{name}']")).ToHaveCountAsync(1);
    }

    /// <summary>As a person does it: into the box, then Enter.</summary>
    public async Task WriteAsync(string text)
    {
        await All("message-input").FillAsync(text);
        await All("message-input").PressAsync("Enter");
    }

    /// <summary>The same many times over, quicker than people are.</summary>
    public Task WriteAllAsync(IEnumerable<string> texts) => All("message-input").EvaluateAsync(
        "(input, texts) => { for (const text of texts) { input.value = text; input.form.requestSubmit(); } }", texts.ToArray());

    /// <summary>One message after the other for some seconds, as somebody does who does not look at anything else: 1, 2, 3 and so on.</summary>
    public Task WriteSlowlyAsync(int count) => All("message-input").EvaluateAsync(
        """
        (input, count) => new Promise((done) => {
          let written = 0;
          const timer = setInterval(() => {
            input.value = `${++written}`;
            input.form.requestSubmit();
            if (written === count) { clearInterval(timer); done(); }
          }, 100);
        })
        """,
        count);

    public Task ToggleCutAsync() => All("cut").ClickAsync();

    /// <summary>Exactly these messages in this order, all of them stored.</summary>
    public async Task ShouldShowAsync(params string[] texts)
    {
        await Expect(All("message", "[data-state=sent]")).ToHaveCountAsync(texts.Length);
        await Expect(Texts).ToHaveTextAsync(texts);
    }

    public async Task<IReadOnlyList<long>> OffsetsAsync() =>
        [.. (await Messages.EvaluateAllAsync<string[]>("all => all.map((one) => one.dataset.offset)")).Select(long.Parse)];

    private void Keep(IRequest request)
    {
        if (!request.Url.EndsWith(Probe, StringComparison.Ordinal))
        {
            _faults.Add($"{request.Url}: {request.Failure}");
        }
    }

    private void Keep(IConsoleMessage message)
    {
        // Chromium itself tells of every connection that cannot be made, which no page can prevent.
        if (message.Type == "error"
            && !message.Text.StartsWith("WebSocket connection to ", StringComparison.Ordinal)
            && !message.Location.Contains(Probe, StringComparison.Ordinal))
        {
            _faults.Add(message.Text);
        }
    }
}
