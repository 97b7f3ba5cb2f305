using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Ids;
using Realtime.Messages.Operators;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Operations;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Operations;

/// <summary>The program's own pipeline in this process: both listeners, as a node of its own has them.</summary>
internal sealed class OperatedApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(40) };

    private OperatedApp(string name, WebApplication app)
    {
        Name = name;
        _app = app;
        var urls = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(url => new Uri(url.Replace("[::]", "127.0.0.1", StringComparison.Ordinal))).ToList();
        Clients = urls[0];
        Operators = urls[^1];
    }

    public string Name { get; }

    public Uri Clients { get; }

    public Uri Operators { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>What the host was asked to stop by.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    public static Task<OperatedApp> StartAsync(string name, params (string Key, string Value)[] options) => StartAsync(name, ProgramRole.Node, options);

    public static async Task<OperatedApp> StartAsync(string name, ProgramRole role, params (string Key, string Value)[] options)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Realtime:Node"] = name,
            ["Realtime:Store"] = "memory",
            ["Realtime:Port"] = "0",
            ["Realtime:Operator:Port"] = "0",
            ["Realtime:Log:Level"] = "Fatal",
        };
        foreach (var (key, value) in options)
        {
            settings["Realtime:" + key] = value;
        }

        var builder = ProgramBuilder.Create("Realtime.Node", settings);

        builder.Logging.AddProvider(new CanaryLog(Canaries.Suite));

        // Signals are the test run's own.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = NodeHost.Build(builder, NodeConfiguration.Read(builder.Configuration, role: role, isDevelopment: true));
        await app.StartAsync(TestContext.Current.CancellationToken);
        await Soon.IsTrueAsync(() => app.Services.GetRequiredService<NodeReadiness>().Obstacles().Count == 0, $"{name} to be ready");
        return new OperatedApp(name, app);
    }

    /// <summary>Of the client's session: its welcome has the resume token, which is a version, the id, and a MAC.</summary>
    public static string IdOf(RawClient client) => SessionId.Read(Base64Url.DecodeFromChars(client.Session).AsSpan(1, SessionId.Bytes)).ToString();

    public Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, string? body = null, string? key = null) =>
        SendAsync(method, path, request =>
        {
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        });

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(method, new Uri(Operators, path.StartsWith('/') ? path : "/operator/v1/" + path));
        change(request);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path);
        status.ShouldBe(HttpStatusCode.OK, $"{path}: {body}");
        return System.Text.Json.JsonSerializer.Deserialize(body, type)!;
    }

    /// <summary>Done, or begun.</summary>
    public async Task<ActionResult> ActAsync(string path, string? body = null, HttpMethod? method = null)
    {
        var (status, answer) = await SendAsync(method ?? HttpMethod.Post, path, body);
        status.ShouldBe(HttpStatusCode.OK, $"{path}: {answer}");
        return System.Text.Json.JsonSerializer.Deserialize(answer, OperatorJson.Default.ActionResult)!;
    }

    public async Task<OperatorError> RefusedAsync(HttpStatusCode status, HttpMethod method, string path, string? body = null, string? key = null)
    {
        var (given, answer) = await SendAsync(method, path, body, key);
        given.ShouldBe(status, $"{path}: {answer}");
        var error = System.Text.Json.JsonSerializer.Deserialize(answer, OperatorJson.Default.OperatorError)!;
        error.Message.ShouldNotBeNullOrWhiteSpace();
        return error;
    }

    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await holds())
        {
            try
            {
                await tick.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited in vain for {what}.");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None).Within($"the end of {Name}");
        await _app.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
