using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Realtime.Tests.Webhooks;

/// <summary>An application's endpoint, on a real socket of this machine.</summary>
internal sealed class Endpoint : IAsyncDisposable
{
    public const string Secret = "a secret of at least thirty-two characters";

    private readonly WebApplication _app;

    private Endpoint(WebApplication app) => _app = app;

    public ConcurrentQueue<Posted> Requests { get; } = [];

    public string Url => _app.Urls.Single() + "/hook";

    /// <summary>Of a port that nobody listens on.</summary>
    public static string Nowhere(int port) => $"http://127.0.0.1:{port}/hook";

    public static Task<Endpoint> StartAsync(Func<Posted, string> answer) => StartAsync(async (posted, response) =>
    {
        response.ContentType = "application/json";
        await response.WriteAsync(answer(posted));
    });

    public static async Task<Endpoint> StartAsync(Func<Posted, HttpResponse, Task> answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var endpoint = new Endpoint(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var posted = new Posted(
                context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
            endpoint.Requests.Enqueue(posted);
            await answer(posted, context.Response);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed record Posted(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public string Text => Encoding.UTF8.GetString(Body);

        public JsonElement Json => JsonElement.Parse(Body);

        public string Hook => Json.GetProperty("hook").GetString()!;
    }
}
