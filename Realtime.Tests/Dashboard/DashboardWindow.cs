using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Dashboard;

/// <summary>The dashboard in one window, with everything that it complains of and everything that it asks for.</summary>
internal sealed class DashboardWindow
{
    private readonly List<string> _faults = [];
    private readonly List<Uri> _requests = [];
    private readonly List<string> _refused = [];

    private DashboardWindow(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => _faults.Add(error);
        page.Console += (_, message) => Keep(message);
        page.Request += (_, request) => _requests.Add(new Uri(request.Url));
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                _refused.Add($"{response.Status} {response.Url}");
            }
        };
    }

    public IPage Page { get; }

    public IReadOnlyList<Uri> Requests => _requests;

    /// <summary>Answers that were no success.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Uncaught errors and whatever the browser refused for the policy's sake.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public ILocator Verdict => All("verdict");

    public static async Task<DashboardWindow> OpenAsync(IBrowserContext browser, Uri address, string hash = "")
    {
        var window = new DashboardWindow(await browser.NewPageAsync());
        await window.Page.GotoAsync(new Uri(address, hash).AbsoluteUri);
        return window;
    }

    public ILocator All(string id, string more = "") => Page.Locator($"[data-testid={id}]{more}");

    public ILocator Node(string name) => All("node", $"[data-node='{name}']");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>As by a link: nothing is loaded again.</summary>
    public Task GoAsync(string hash) => Page.EvaluateAsync("(hash) => { location.hash = hash; }", hash);

    public Task ShouldSayAsync(string verdict) => Expect(Verdict).ToHaveTextAsync(verdict);

    public async Task FindAsync(string words)
    {
        await Page.Locator("#words").FillAsync(words);
        await Page.Locator("#words").PressAsync("Enter");
    }

    public async Task UseKeyAsync(string key)
    {
        await Page.Locator("#key-value").FillAsync(key);
        await Page.Locator("#key-value").PressAsync("Enter");
    }

    private void Keep(IConsoleMessage message)
    {
        // Chromium itself tells of every answer that is not a success, which no page can prevent.
        if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource: ", StringComparison.Ordinal))
        {
            _faults.Add(message.Text);
        }
    }
}
