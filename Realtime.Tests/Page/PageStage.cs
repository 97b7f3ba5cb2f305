using Microsoft.Playwright;
using Realtime.Tests.Clients;
using Realtime.Tests.Support;

namespace Realtime.Tests.Page;

/// <summary>What every test of the page stands on. A test fails when one of its windows had anything to complain about.</summary>
public abstract class PageStage(ScenarioServer server, Chromium chromium) : IAsyncLifetime
{
    private static int _rooms;

    private readonly string _room = $"room-{Interlocked.Increment(ref _rooms)}";
    private readonly List<IBrowserContext> _browsers = [];
    private readonly List<PageWindow> _windows = [];

    protected IScenarioServer Server => server;

    public async ValueTask InitializeAsync()
    {
        Required.OrSkip(Chromium.Missing);
        await server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(server.Output);
        }

        foreach (var browser in _browsers)
        {
            await browser.DisposeAsync();
        }

        GC.SuppressFinalize(this);
        _windows.SelectMany(window => window.Faults).ShouldBeEmpty();
    }

    /// <summary>A window in a browser of its own, in this test's room.</summary>
    private protected Task<PageWindow> OpenAsync(string name, BrowserNewContextOptions? options = null) => OpenAsync(server, name, options);

    private protected async Task<PageWindow> OpenAsync(IScenarioServer there, string name, BrowserNewContextOptions? options = null)
    {
        var browser = await chromium.OpenAsync(options);
        _browsers.Add(browser);
        var window = await PageWindow.OpenAsync(browser, new Uri($"http://{there.Endpoint}"), _room, name);
        _windows.Add(window);
        return window;
    }
}
