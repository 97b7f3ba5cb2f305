using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Realtime.Node.Hosting;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;

namespace Realtime.Tests.Page;

/// <summary>A page that the node does not serve, which takes the client from the node.</summary>
[Collection(InChromium.Name)]
public sealed class ImportTests(Chromium chromium)
{
    private const string Script = """
        async node => {
          try {
            const { Realtime } = await import(`${node}/realtime.js`);
            const rt = new Realtime(node);
            await rt.connect();
            await rt.publish('default:import', { text: 'from elsewhere' });
            rt.close?.();
            return 'published';
          } catch (error) {
            return `refused: ${error.name}`;
          }
        }
        """;

    [Fact]
    public async Task A_page_of_an_allowed_origin_imports_the_client_from_the_node_and_uses_it()
    {
        Required.OrSkip(Chromium.Missing);
        await using var site = await SiteAsync();
        await using var node = await NodeAsync(site.Urls.Single());

        (await RunAsync(site, node)).ShouldBe("published");
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot()
    {
        Required.OrSkip(Chromium.Missing);
        await using var site = await SiteAsync();
        await using var node = await NodeAsync("https://app.example.com");

        (await RunAsync(site, node)).ShouldBe("refused: TypeError");
    }

    private async Task<string> RunAsync(WebApplication site, WebApplication node)
    {
        await using var browser = await chromium.OpenAsync();
        var page = await browser.NewPageAsync();
        await page.GotoAsync(site.Urls.Single());
        return await page.EvaluateAsync<string>(Script, node.Urls.Single());
    }

    private static async Task<WebApplication> NodeAsync(string origin)
    {
        var builder = Builder();
        builder.AddRealtime(options =>
        {
            (options.Node, options.Store) = ("import", "memory");
            options.Origins.Add(origin);
        });
        var app = builder.Build();
        app.MapRealtime();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<WebApplication> SiteAsync()
    {
        var app = Builder().Build();
        app.MapGet("/", () => Results.Content("<!doctype html><title>Another site</title>", "text/html"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }
}
