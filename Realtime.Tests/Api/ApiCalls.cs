using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Realtime.Tests.Support;

namespace Realtime.Tests.Api;

/// <summary>Asks the application's API of a node.</summary>
internal sealed class ApiCalls(Uri node, string? key = ApiCalls.Key) : IDisposable
{
    public const string Secret = "0123456789abcdef0123456789abcdef";
    public const string Key = "backend." + Secret;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(40) };

    /// <summary>Of a node with this key.</summary>
    public static (string Key, string Value)[] Options { get; } =
    [
        ("Api:Keys:backend:Secret", Canaries.Suite.Plant(Secret)),
        ("Api:Keys:backend:Scopes", "publish, subscribe, read, disconnect, revoke"),
        ("Auth:DevelopmentKey", Secret),
        ("Namespaces:chat:Presence", "true"),
        ("Namespaces:board:Durability", "Memory"),
        ("Namespaces:cursors:Durability", "None"),
        ("Namespaces:small:MessageBytes", "100"),
    ];

    public Task<(HttpStatusCode Status, JsonNode Body)> PublishAsync(string body, string? idempotencyKey = null) => PostAsync("publish", body, idempotencyKey: idempotencyKey);

    public Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(node, "/api/v1/" + path)));

    public Task<(HttpStatusCode Status, JsonNode Body)> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, new Uri(node, "/api/v1/" + path)));

    public Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, string? body, string type = "application/json", string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node, "/api/v1/" + path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return SendAsync(request);
    }

    /// <summary>The position of a publish that is done.</summary>
    public async Task<string?> PublishedAsync(string body, string? idempotencyKey = null)
    {
        var (status, answer) = await PublishAsync(body, idempotencyKey);
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        return (string?)answer["position"];
    }

    /// <summary>Data of the messages that a channel keeps.</summary>
    public async Task<string[]> HistoryAsync(string channel)
    {
        var (status, answer) = await GetAsync($"channels/{Uri.EscapeDataString(channel)}/history?limit=1000");
        status.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        return [.. answer["messages"]!.AsArray().Select(message => message!["data"]!.ToJsonString())];
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
            using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", text);
            }

            return (response.StatusCode, response.Content.Headers.ContentType!.MediaType == "application/x-ndjson"
                ? new JsonArray([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))])
                : JsonNode.Parse(text)!);
        }
    }
}
