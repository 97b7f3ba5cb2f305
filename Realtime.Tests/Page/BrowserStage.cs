using Microsoft.Playwright;
using Realtime.Tests.Support;

namespace Realtime.Tests.Page;

/// <summary>Windows of the page in one browser. A test fails when one of its windows had anything to complain about.</summary>
public abstract class BrowserStage(Chromium chromium) : IAsyncLifetime
{
    private static int _rooms;

    private readonly string _room = $"room-{Interlocked.Increment(ref _rooms)}";
    private readonly List<IBrowserContext> _browsers = [];
    private readonly List<PageWindow> _windows = [];

    /// <summary>What the servers have said.</summary>
    protected abstract string Output { get; }

    public virtual ValueTask InitializeAsync()
    {
        Required.OrSkip(Chromium.Missing);
        return ValueTask.CompletedTask;
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(Output);
        }

        foreach (var browser in _browsers)
        {
            await browser.DisposeAsync();
        }

        GC.SuppressFinalize(this);
        _windows.SelectMany(window => window.Faults).ShouldBeEmpty();
    }

    /// <summary>A window in a browser of its own, in this test's room.</summary>
    private protected async Task<PageWindow> OpenAsync(Uri node, string name, BrowserNewContextOptions? options = null)
    {
        var browser = await chromium.OpenAsync(options);
        _browsers.Add(browser);
        var window = await PageWindow.OpenAsync(browser, node, _room, name);
        _windows.Add(window);
        return window;
    }

    /// <summary>A page without a window's expectations.</summary>
    private protected async Task<IPage> LookAsync(Uri node)
    {
        var browser = await chromium.OpenAsync();
        _browsers.Add(browser);
        var page = await browser.NewPageAsync();
        await page.GotoAsync(node.AbsoluteUri);
        return page;
    }
}
