using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Node.Auth;
using Realtime.Node.Connections;
using Realtime.Node.Hosting;
using Realtime.Node.Telemetry.Metrics;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// A node behind a trusted proxy, so that a client of the test may come from any address. Any token is the name of its user. Time stands still: what a limit lets through is exact.
/// </summary>
internal sealed class LimitStage : IAsyncDisposable, ITokenVerifier
{
    public const string Here = "203.0.113.7";
    public const string There = "203.0.113.8";

    private TestNode? _node;

    public ManualClock Clock { get; } = new();

    public TestNode Node => _node ?? throw new InvalidOperationException("The node has not started.");

    public static LimitsPolicy Usual { get; } = new() { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] };

    public static async Task<LimitStage> StartAsync(
        Func<QuotaPolicy, QuotaPolicy>? user = null, Func<QuotaPolicy, QuotaPolicy>? address = null, LimitsPolicy? limits = null, ConnectionPolicy? connections = null)
    {
        limits ??= Usual;
        limits = limits with { User = user?.Invoke(limits.User) ?? limits.User, Address = address?.Invoke(limits.Address) ?? limits.Address };
        var stage = new LimitStage();
        stage._node = await TestNode.StartAsync(
            TestNode.Settings with { Limits = limits, Connections = connections ?? TestNode.Settings.Connections }, tokens: stage, time: stage.Clock);
        return stage;
    }

    public Task<RawClient> HelloAsync(string from = Here, string? user = null, string rest = "") => RawClient.HelloAsync(
        Node.Url, string.Join(',', new[] { user is null ? "" : $"\"token\":\"{user}\"", rest }.Where(part => part.Length > 0)), forwardedFor: from);

    public Task<RawClient> OpenAsync(string from = Here) => RawClient.OpenAsync(Node.Url, forwardedFor: from);

    /// <summary>A handshake that is refused before the upgrade.</summary>
    public async Task<(HttpStatusCode Status, int Wait)> RefusedAsync(string from = Here)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("X-Forwarded-For", from);
        await Should.ThrowAsync<WebSocketException>(
            () => socket.ConnectAsync(new UriBuilder(Node.Url) { Scheme = "ws", Path = "/v1/connect" }.Uri, CancellationToken.None));
        return (socket.HttpStatusCode, int.Parse(socket.HttpResponseHeaders!["Retry-After"].Single()));
    }

    public long Refused(LimitScope scope, LimitKind kind) => Node.Runtime.Metrics.Connections.Limited[(scope, kind)].Value;

    /// <summary>The code of a refusal, or <c>reply</c>.</summary>
    public static string CodeOf(JsonObject answer) => RawClient.TypeOf(answer) is "error" ? (string)answer["code"]! : "reply";

    public static async Task<string> AskAsync(RawClient client, string text) => CodeOf(await client.AskAsync(text));

    /// <summary>Requests that cost nothing but themselves, as many to a message as it takes.</summary>
    public static async Task SendManyAsync(RawClient client, int first, int count)
    {
        foreach (var batch in Enumerable.Range(first, count).Chunk(50))
        {
            try
            {
                await client.SendAsync("[" + string.Join(",", batch.Select(id => $$"""{"type":"unsubscribe","id":{{id}},"channel":"chat:x"}""")) + "]");
            }
            catch (WebSocketException)
            {
                return; // Closed under our hands, as a flood is.
            }
        }
    }

    public static async Task<List<JsonObject>> AnswersAsync(RawClient client, int first, int count)
    {
        await client.WaitAsync($"answers {first} to {first + count - 1}", _ => AnswersOf(client, first, count).Count >= count);
        return AnswersOf(client, first, count);
    }

    public TokenVerdict Verify(string token, DateTimeOffset now) => TokenVerdict.Accepted(new SessionIdentity(new UserId(token), null));

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    private static List<JsonObject> AnswersOf(RawClient client, int first, int count) =>
        [.. client.Frames.Where(frame => RawClient.TypeOf(frame) is "reply" or "error" && (long?)frame["id"] is { } id && id >= first && id < first + count)];
}
