using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Client;
using Realtime.Node.Application;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Persistence.Store;
using Realtime.Tests.Support;

namespace Realtime.Tests.Application;

/// <summary>An application with a node in it and handlers of its own, behind a real socket.</summary>
internal sealed class ApplicationNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<RealtimeClient> _clients = [];

    private readonly EventStore? _store;

    private ApplicationNode(WebApplication app, CollectedLog log, EventStore? store) => (_app, Log, _store) = (app, log, store);

    public CollectedLog Log { get; }

    public IServiceProvider Services => _app.Services;

    public IRealtime Realtime => _app.Services.GetRequiredService<IRealtime>();

    public Uri Url => new(_app.Urls.Single());

    /// <param name="store">Null: in memory.</param>
    /// <param name="with">What its options are beside those of all tests.</param>
    public static async Task<ApplicationNode> StartAsync(Action<RealtimeBuilder> handlers, EventStore? store = null, Action<RealtimeOptions>? with = null)
    {
        var log = new CollectedLog();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerFactory>(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (store is not null)
        {
            builder.Services.AddSingleton(store);
        }

        handlers(builder.AddRealtime(options =>
        {
            options.Node = "shop";
            options.Store = "memory";
            options.Auth.DevelopmentKey = "a development key of at least 32 bytes";
            options.Namespaces["chat"] = new() { Presence = true };
            options.Namespaces["@"] = new();
            with?.Invoke(options);
        }));
        var app = builder.Build();
        app.MapRealtime();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ApplicationNode(app, log, store);
    }

    /// <param name="with">From the options with the node's address.</param>
    public async Task<RealtimeClient> ConnectAsync(Func<RealtimeClientOptions, RealtimeClientOptions>? with = null)
    {
        var options = new RealtimeClientOptions { Url = Url };
        var client = new RealtimeClient(with?.Invoke(options) ?? options);
        _clients.Add(client);
        await client.ConnectAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>As a signal does; without it the node is cut off.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _app.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }
}
