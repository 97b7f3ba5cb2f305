using Microsoft.Playwright;

namespace Realtime.Tests.Support;

/// <summary>The system's Chromium without a window, started when the first test asks for it and shared by all that need it.</summary>
public sealed class Chromium : IAsyncDisposable
{
    /// <summary>Milliseconds, as Playwright counts: for everything that is waited for in a page.</summary>
    private const float Patience = 30_000;

    private static readonly string? Program = Required.Find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Why there is none here; null when there is.</summary>
    public static string? Missing { get; } = Program is null ? "Chromium is not installed" : null;

    /// <summary>A browser of its own, as far as pages can tell: storage, locks and network are shared with no other.</summary>
    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions? options = null)
    {
        if (_browser is null)
        {
            Assertions.SetDefaultExpectTimeout(Patience);
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program,
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync",
                ],
            });
        }

        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
