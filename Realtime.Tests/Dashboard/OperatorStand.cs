using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Operators;
using Realtime.Node.Operations.Dashboard;
using Realtime.Tests.Support;

namespace Realtime.Tests.Dashboard;

/// <summary>
/// Stands for a node: the dashboard as nodes serve it, and an operator API that answers what a test lays before it, written by the contract's own serializer.
/// It can be stopped and started on the same port.
/// </summary>
internal sealed class OperatorStand : IAsyncDisposable
{
    private const string Api = "/operator/v1/";

    private readonly ConcurrentDictionary<string, (int Status, string Body)> _answers = new();
    private readonly ConcurrentQueue<(string What, string Body)> _actions = new();
    private WebApplication? _app;
    private int _port;

    public string? Key { get; init; }

    public string? ViewKey { get; init; }

    /// <summary>False: an answer does not say what its key may do, as a node of an older version.</summary>
    public bool TellsRight { get; init; } = true;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>What was asked for beyond looking: method and path, and the body.</summary>
    public IReadOnlyList<(string What, string Body)> Actions => [.. _actions];

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, _port));
        _app = builder.Build();
        _app.MapDashboard();
        _app.Map(Api + "{**path}", AnswerAsync);
        await _app.StartAsync().Within("the stand to listen");
        _port = new Uri(_app.Urls.Single()).Port;
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    /// <summary>What a request is answered with from now on; those without are not found.</summary>
    public void Answer<T>(string request, T body, JsonTypeInfo<T> type, int status = 200) => _answers[request] = (status, JsonSerializer.Serialize(body, type));

    public void Refuse(string request, int status, string error, string message) =>
        Answer(request, new OperatorError(error, message, null), OperatorJson.Default.OperatorError, status);

    public void Forget(string request) => _answers.TryRemove(request, out _);

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        // Kestrel decodes everything in a path but the slash, so that nobody takes a name for two segments.
        var what = $"{request.Method} {request.Path.Value![Api.Length..]}".Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var given = request.Headers.Authorization.ToString();
        var acts = Key is null || given == $"Bearer {Key}";
        var (status, body) = acts || (ViewKey is not null && given == $"Bearer {ViewKey}")
            ? Find(what, request.Query, acts)
            : (401, Error("unauthorized", "No key, or one that nobody knows."));
        if (request.Method != HttpMethods.Get && status != 401)
        {
            using var reader = new StreamReader(request.Body);
            _actions.Enqueue((what, await reader.ReadToEndAsync()));
        }

        if (TellsRight && status != 401)
        {
            context.Response.Headers["Operator-Right"] = acts ? "act" : "view";
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private (int Status, string Body) Find(string what, IQueryCollection query, bool acts)
    {
        if (!acts && (!what.StartsWith("GET ", StringComparison.Ordinal) || what.EndsWith("/messages", StringComparison.Ordinal)))
        {
            return (403, Error("forbidden", "This key may look and do nothing."));
        }

        // An answer for a user or a beginning of names comes before the one for all.
        foreach (var name in new[] { "user", "prefix" })
        {
            if (query[name] is [{ } value] && _answers.TryGetValue($"{what}?{name}={value}", out var found))
            {
                return found;
            }
        }

        return _answers.TryGetValue(what, out var answer) ? answer : (404, Error("not_found", $"There is nothing for {what}."));
    }

    private static string Error(string error, string message) =>
        JsonSerializer.Serialize(new OperatorError(error, message, null), OperatorJson.Default.OperatorError);
}
