using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;

namespace Realtime.Tests.Pbm;

/// <summary>An HTTP server on loopback that plays the operator API: answers are set by tests, requests are kept for them.</summary>
internal sealed class PlayedApi : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, Func<PlayedRequest, (int Status, string Body)>> _answers = [];
    private readonly ConcurrentQueue<PlayedRequest> _requests = [];

    private PlayedApi(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single();

    public IReadOnlyList<PlayedRequest> Requests => [.. _requests];

    /// <summary>The key it asks for; null: none.</summary>
    public string? Key { get; set; }

    /// <param name="port">0 lets the system choose.</param>
    public static async Task<PlayedApi> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var application = builder.Build();
        var api = new PlayedApi(application);
        application.Run(api.AnswerAsync);
        await application.StartAsync();
        return api;
    }

    /// <summary>With the answers of <see cref="PlayedCluster"/>.</summary>
    public static async Task<PlayedApi> StartWholeAsync()
    {
        var api = await StartAsync();
        PlayedCluster.Play(api);
        return api;
    }

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, OperatorApi.TypeOf<T>());

    public void Answer<T>(string target, T value) => Answer(target, _ => (200, Json(value)));

    public void Answer(string target, Func<PlayedRequest, (int Status, string Body)> answer) => _answers[target] = answer;

    public void Refuse(string target, int status, string error, string message) =>
        Answer(target, _ => (status, JsonSerializer.Serialize(new OperatorError(error, message, null), OperatorJson.Default.OperatorError)));

    /// <summary>The one request to this target.</summary>
    public PlayedRequest Single(string target) => Requests.Where(request => request.Target == target).ShouldHaveSingleItem();

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        const string Root = "/operator/v1/";
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        using var reader = new StreamReader(context.Request.Body);
        var request = new PlayedRequest(
            $"{context.Request.Method} {(raw.StartsWith(Root, StringComparison.Ordinal) ? raw[Root.Length..] : raw)}", context.Request.QueryString.Value ?? "",
            context.Request.Headers.Authorization, context.Request.Headers["X-Operator"], await reader.ReadToEndAsync());
        _requests.Enqueue(request);
        var (status, body) = Key is { } key && request.Authorization != $"Bearer {key}"
            ? (401, """{"error":"unauthorized","message":"The key is unknown.","field":null}""")
            : _answers.TryGetValue(request.Target, out var answer)
                ? answer(request)
                : (404, $$"""{"error":"not_found","message":"There is no {{request.Target}}.","field":null}""");
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }
}
