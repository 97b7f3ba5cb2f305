using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Realtime.Client;
using Realtime.Node.Hosting;
using Realtime.Tests.Clients.Browser;
using Realtime.Tests.Support;

namespace Realtime.Tests.Readme;

/// <summary>The JavaScript of the pages, in a page of a node.</summary>
[Collection(InChromium.Name)]
public sealed class JavaScriptSnippetTests(Chromium chromium) : IAsyncLifetime
{
    /// <summary>Keeps what the console is given, and brings what the examples leave to the reader.</summary>
    private const string Around = """
        window.said = [];
        const log = console.log;
        console.log = (...words) => { said.push(words.join(' ')); log(...words); };
        window.show = (data, offset) => console.log(offset, data.text);
        window.showHole = (hole) => console.log('hole', hole.reason);
        """;

    private readonly List<string> _faults = [];
    private WebApplication _app = null!;
    private string _html = "";

    private Uri Url => new(_app.Urls.Single());

    /// <summary>A node with the shipped namespaces, and one page of the test's beside it.</summary>
    public async ValueTask InitializeAsync()
    {
        Required.OrSkip(Chromium.Missing);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.Configuration.AddJsonFile(Path.Combine(SourceTree.Root, "Realtime.Node", "appsettings.json"));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddRealtime(options => options.Store = "memory");
        _app = builder.Build();
        _app.MapRealtime();
        _app.MapGet("/readme", () => Results.Content("<!doctype html><title>Readme</title><link rel=icon href=data:,>" + _html, "text/html"));
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_readme_s_page_shows_what_it_publishes_and_the_room_again_after_a_reload()
    {
        _html = ReadmePage.Of("README.md").The("html", "<script");
        await using var browser = await chromium.OpenAsync();
        var page = await OpenAsync(browser);
        await SaidAsync(page, "1 hello");

        await page.ReloadAsync();
        await SaidAsync(page, "2 hello");
        (await page.EvaluateAsync<string[]>("() => said.filter((line) => line.endsWith('hello'))")).ShouldBe(["1 hello", "2 hello"]);

        await using var other = await chromium.OpenAsync();
        var second = await OpenAsync(other);
        await SaidAsync(page, "here: 2");
        await SaidAsync(page, "3 hello");
        await SaidAsync(second, "3 hello");
        _faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_javascript_client_s_first_example_shows_what_others_publish()
    {
        _html = $"<script type=\"module\">{ReadmePage.Of("clients/js/README.md").The("js", "import { Realtime } from '/realtime.js'")}</script>";
        await using var browser = await chromium.OpenAsync();
        var page = await OpenAsync(browser);
        await using var client = new RealtimeClient(new RealtimeClientOptions { Url = Url });

        await client.PublishAsync("chat:lobby", new { text = "from elsewhere" }).Within("a publish");

        await SaidAsync(page, "1 from elsewhere");
        _faults.ShouldBeEmpty();
    }

    private async Task<IPage> OpenAsync(IBrowserContext browser)
    {
        var page = await browser.NewPageAsync();
        page.PageError += (_, error) => _faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _faults.Add(message.Text);
            }
        };
        await page.AddInitScriptAsync(Around);
        await page.GotoAsync(new Uri(Url, "/readme").AbsoluteUri);
        return page;
    }

    private async Task SaidAsync(IPage page, string line)
    {
        try
        {
            await page.WaitForFunctionAsync("line => said.includes(line)", line);
        }
        catch (TimeoutException)
        {
            var said = string.Join('\n', await page.EvaluateAsync<string[]>("() => said"));
            throw new TimeoutException($"waited in vain for '{line}'; the page said:\n{said}\n{string.Join('\n', _faults)}");
        }
    }
}
