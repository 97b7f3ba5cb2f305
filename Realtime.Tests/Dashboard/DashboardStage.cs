using Microsoft.Playwright;
using Realtime.Tests.Support;

namespace Realtime.Tests.Dashboard;

/// <summary>What every test of the dashboard stands on. A test fails when one of its windows had anything to complain about, or asked anybody else.</summary>
public abstract class DashboardStage(Chromium chromium) : IAsyncLifetime
{
    private readonly List<IBrowserContext> _browsers = [];
    private readonly List<DashboardWindow> _windows = [];
    private readonly List<OperatorStand> _stands = [];
    private readonly HashSet<string> _known = [];

    public ValueTask InitializeAsync()
    {
        Required.OrSkip(Chromium.Missing);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers)
        {
            await browser.DisposeAsync();
        }

        foreach (var stand in _stands)
        {
            await stand.DisposeAsync();
        }

        GC.SuppressFinalize(this);
        _windows.SelectMany(window => window.Faults).ShouldBeEmpty();
        _windows.SelectMany(window => window.Requests).ShouldAllBe(request => _known.Contains(request.Authority));
    }

    private protected async Task<OperatorStand> StandAsync(OperatorStand? stand = null, string evil = "")
    {
        stand ??= new OperatorStand();
        _stands.Add(stand);
        Samples.LayOut(stand, evil);
        await stand.StartAsync();
        return stand;
    }

    private protected Task<DashboardWindow> OpenAsync(OperatorStand stand, string hash = "", BrowserNewContextOptions? options = null) =>
        OpenAsync(stand.Address, hash, options);

    private protected async Task<DashboardWindow> OpenAsync(Uri address, string hash = "", BrowserNewContextOptions? options = null)
    {
        _known.Add(address.Authority);
        var browser = await chromium.OpenAsync(options);
        _browsers.Add(browser);
        var window = await DashboardWindow.OpenAsync(browser, address, hash);
        _windows.Add(window);
        return window;
    }
}
