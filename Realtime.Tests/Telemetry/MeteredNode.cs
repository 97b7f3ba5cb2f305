using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Node.Telemetry.Prometheus;
using Realtime.Tests.Support;

namespace Realtime.Tests.Telemetry;

/// <summary>A whole node in this process, put together by its host, with its metrics on the same listener.</summary>
internal sealed class MeteredNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();

    private MeteredNode(WebApplication app)
    {
        _app = app;
        _http.BaseAddress = Url;
    }

    public Uri Url => new(_app.Urls.First());

    public NodeInstruments Metrics => _app.Services.GetRequiredService<NodeInstruments>();

    public PrometheusExporter Exporter => _app.Services.GetRequiredService<PrometheusExporter>();

    public static async Task<MeteredNode> StartAsync(string name = "metered", Action<RealtimeOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddRealtime(options =>
        {
            options.Node = name;
            options.Store = "memory";
            options.Namespaces["chat"] = new NamespaceOptions { Presence = true };
            options.Namespaces["board"] = new NamespaceOptions { Durability = Node.Namespaces.Durability.Memory };
            options.Telemetry.TraceRatio = 1;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.MapRealtime();
        app.MapMetrics(app.Services.GetRequiredService<PrometheusExporter>());
        await app.StartAsync(TestContext.Current.CancellationToken).Within("the node to start");
        return new MeteredNode(app);
    }

    public Task<HttpResponseMessage> GetMetricsAsync(string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, MetricsEndpoint.Path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Scrapes until a series has the value, because counts follow what they count by a moment.</summary>
    public async Task<ScrapedText> UntilAsync(string what, Func<ScrapedText, bool> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var scraped = new ScrapedText(Exporter.Scrape(isOpenMetrics: false));
            if (holds(scraped))
            {
                return scraped;
            }

            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited in vain for {what}:\n{scraped.Text}");
            }

            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None).Within("the node to stop");
        await _app.DisposeAsync();
    }
}
