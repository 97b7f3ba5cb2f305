using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Tests.Support;

namespace Realtime.Tests.Clients.DotNet;

/// <summary>A server on loopback whose other side of each WebSocket is the test.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<ScriptedConnection> _accepted = Channel.CreateUnbounded<ScriptedConnection>();

    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = new("http://unset.test");

    /// <summary>When set, the next upgrade is refused with this status and a <c>Retry-After</c> of 7 s.</summary>
    public HttpStatusCode? Refusal { get; set; }

    /// <summary>What the gateway answers; an empty text: nothing, ever.</summary>
    public string Gateway { get; set; } = "{}";

    /// <summary>The <c>Authorization</c> of each question to the gateway.</summary>
    public ConcurrentQueue<string?> GatewayQuestions { get; } = [];

    /// <summary>Ends with the first of them.</summary>
    public Task GatewayAsked => _asked.Task;

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ScriptedServer(app);
        app.UseWebSockets();
        app.Map("/v1/connect", server.ServeAsync);
        app.Map("/v1/gateway", server.AnswerAsync);
        await app.StartAsync();
        server.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>The next connection that a client opens.</summary>
    public Task<ScriptedConnection> AcceptAsync() => _accepted.Reader.ReadAsync().AsTask().Within("a client to connect");

    /// <summary>The next connection, its hello answered.</summary>
    public async Task<ScriptedConnection> WelcomeAsync(string subscriptions = "[]", bool resumed = false)
    {
        var connection = await AcceptAsync();
        var hello = await connection.ExpectAsync("hello");
        await connection.SendAsync(MachineDriver.WelcomeFrame(MachineDriver.Id(hello), subscriptions, resumed));
        return connection;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        GatewayQuestions.Enqueue(context.Request.Headers.Authorization);
        _asked.TrySetResult();
        if (int.TryParse(Gateway, out var status))
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "9";
            return;
        }

        if (Gateway.Length == 0)
        {
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        }

        await context.Response.WriteAsync(Gateway);
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (Refusal is { } status)
        {
            Refusal = null;
            context.Response.StatusCode = (int)status;
            context.Response.Headers.RetryAfter = "7";
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync("realtime.v1.json");
        var connection = new ScriptedConnection(socket, context.Request.QueryString.Value);
        await _accepted.Writer.WriteAsync(connection);
        await connection.Ended;
    }
}
