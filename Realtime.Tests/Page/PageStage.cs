using Microsoft.Playwright;
using Realtime.Tests.Clients;
using Realtime.Tests.Support;

namespace Realtime.Tests.Page;

/// <summary>What every test of the page of one node stands on.</summary>
public abstract class PageStage(ScenarioServer server, Chromium chromium) : BrowserStage(chromium)
{
    protected IScenarioServer Server => server;

    protected override string Output => server.Output;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await server.StartAsync();
    }

    /// <summary>A window in a browser of its own, in this test's room.</summary>
    private protected Task<PageWindow> OpenAsync(string name, BrowserNewContextOptions? options = null) => OpenAsync(server, name, options);

    private protected Task<PageWindow> OpenAsync(IScenarioServer there, string name, BrowserNewContextOptions? options = null) =>
        OpenAsync(new Uri($"http://{there.Endpoint}"), name, options);
}
