using System.Net;
using System.Text.Json;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Node.Hosting;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Persistence.Store.Sqlite;
using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting;

/// <summary>The node inside an application that is not ours, which has an actor system of its own.</summary>
public sealed class EmbeddedNode : IAsyncLifetime
{
    /// <summary>As large as its tables and no larger.</summary>
    private readonly SqliteEventStore _store = new(new SqliteEventStoreOptions(Path: null) { MaxBytes = 256 * 1024 });
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public IServiceProvider Services => App.Services;

    public HttpClient Http => _http;

    public Uri Url => new(App.Urls.Single());

    private WebApplication App => _app ?? throw new InvalidOperationException("The application has not started.");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(new CanaryLog(Canaries.Suite));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<EventStore>(_store);
        builder.Services.AddAkka("shop", akka => akka.AddHocon(TestHocon.Quiet, HoconAddMode.Prepend).WithActors((system, registry) =>
            registry.Register<Clerk>(system.ActorOf(Props.Create<Clerk>(), "clerk"))));
        builder.AddRealtime(options =>
        {
            options.Node = "embedded";
            options.Store = "memory";
            options.Auth.DevelopmentKey = "a development key of at least 32 bytes";
        });
        _app = builder.Build();
        _app.MapGet("/own", () => "the application's own");
        _app.MapRealtime();
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _http.BaseAddress = Url;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await App.DisposeAsync();
    }

    public async Task<(HttpStatusCode Status, string Word, string Reasons)> AskAsync(string path)
    {
        using var response = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        body.RootElement.GetProperty("node").GetString().ShouldBe("embedded");
        var reasons = body.RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString());
        return (response.StatusCode, body.RootElement.GetProperty("status").GetString()!, string.Join(' ', reasons));
    }

    /// <summary>The application's own actor.</summary>
    public sealed class Clerk : ReceiveActor
    {
        public Clerk() => ReceiveAny(_ => Sender.Tell("yes"));
    }
}
