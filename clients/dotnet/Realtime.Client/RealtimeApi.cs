using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Client.Core;

namespace Realtime.Client;

/// <summary>
/// The application's side: publishes over HTTP with an API key, for back ends that need no session of their own. Safe to use from several threads; keep one for the life of the program.
/// </summary>
public sealed class RealtimeApi : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _owns;
    private readonly Uri _root;
    private readonly string? _key;

    /// <param name="server">Such as <c>https://realtime.example.com</c>: any node, or what stands before them.</param>
    /// <param name="key"><c>ID.SECRET</c>; null: the node is on this machine in development.</param>
    /// <param name="http">Null: one of its own.</param>
    public RealtimeApi(Uri server, string? key = null, HttpClient? http = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        _root = new Uri(server, "/api/v1/");
        _key = key;
        _owns = http is null;

        // No redirect: the key is for the server it was given for.
        _http = http ?? new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    }

    /// <summary>Publishes to a channel.</summary>
    /// <returns>The position; null where the channel keeps no log.</returns>
    /// <exception cref="RealtimeException">It was refused, or nobody knows whether it was done: see <see cref="RealtimeException.Outcome"/>.</exception>
    public Task<Position?> PublishAsync<T>(string channel, T data, ApiPublishOptions? options = null, CancellationToken cancellation = default) =>
        PublishAsync("channel", channel, data, options, cancellation);

    /// <summary>Publishes to the personal channel of a user.</summary>
    /// <inheritdoc cref="PublishAsync{T}(string, T, ApiPublishOptions?, CancellationToken)"/>
    public Task<Position?> PublishToUserAsync<T>(string user, T data, ApiPublishOptions? options = null, CancellationToken cancellation = default) =>
        PublishAsync("user", user, data, options, cancellation);

    /// <summary>Has a message published at a time. It survives restarts of the server and is published once.</summary>
    /// <param name="options"><see cref="ApiPublishOptions.TimeToLive"/> counts from <paramref name="at"/>. The same <see cref="ApiPublishOptions.IdempotencyKey"/> again gets the same schedule.</param>
    /// <returns>The schedule's id, once it is kept.</returns>
    /// <exception cref="RealtimeException">It was refused, or nobody knows whether it was done: see <see cref="RealtimeException.Outcome"/>.</exception>
    public Task<string> ScheduleAsync<T>(string channel, T data, DateTimeOffset at, ApiPublishOptions? options = null, CancellationToken cancellation = default) =>
        ScheduleAsync("channel", channel, data, at, options, cancellation);

    /// <summary>The same for the personal channel of a user.</summary>
    /// <inheritdoc cref="ScheduleAsync{T}(string, T, DateTimeOffset, ApiPublishOptions?, CancellationToken)"/>
    public Task<string> ScheduleToUserAsync<T>(string user, T data, DateTimeOffset at, ApiPublishOptions? options = null, CancellationToken cancellation = default) =>
        ScheduleAsync("user", user, data, at, options, cancellation);

    /// <summary>Takes a scheduled publish back.</summary>
    /// <returns>True: it will not be published. False: it is too late, or there is no such schedule.</returns>
    public async Task<bool> CancelScheduleAsync(string schedule, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        try
        {
            using var answer = await SendAsync(HttpMethod.Delete, $"schedules/{Uri.EscapeDataString(schedule)}", null, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RealtimeException refused) when (refused.Code is ErrorCodes.NotFound or ErrorCodes.Conflict)
        {
            return false;
        }
    }

    /// <summary>Scheduled publishes in the order of their time, also those that are over since not more than a day.</summary>
    /// <param name="prefix">Of their channels.</param>
    /// <param name="state">As <see cref="ScheduledPublish.State"/> names it; null: any.</param>
    /// <param name="after">What the page before said; null: from the first on.</param>
    public async Task<ScheduledPublishPage> GetSchedulesAsync(string prefix = "", string? state = null, string? after = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var query = $"prefix={Uri.EscapeDataString(prefix)}&state={Uri.EscapeDataString(state ?? "")}&after={Uri.EscapeDataString(after ?? "")}";
        using var answer = await SendAsync(HttpMethod.Get, $"schedules?{query}", null, cancellation).ConfigureAwait(false);
        return new ScheduledPublishPage(
            [.. answer.RootElement.GetProperty("schedules").EnumerateArray().Select(one => new ScheduledPublish(
                one.GetProperty("id").GetString()!,
                one.GetProperty("channel").GetString()!,
                DateTimeOffset.FromUnixTimeMilliseconds(one.GetProperty("at").GetInt64()),
                one.GetProperty("state").GetString()!,
                PositionOf(one),
                one.GetProperty("code").GetString(),
                one.GetProperty("detail").GetString()))],
            answer.RootElement.GetProperty("next").GetString());
    }

    /// <summary>Closes a session's connection.</summary>
    /// <param name="reconnect">True: its client may come back at once. False: the session ends.</param>
    public Task DisconnectSessionAsync(string session, bool reconnect = false, string? reason = null, CancellationToken cancellation = default) =>
        DisconnectAsync("sessions", session, reconnect, reason, cancellation);

    /// <summary>Closes the connections of all sessions of a user, on all nodes.</summary>
    /// <inheritdoc cref="DisconnectSessionAsync"/>
    public Task DisconnectUserAsync(string user, bool reconnect = false, string? reason = null, CancellationToken cancellation = default) =>
        DisconnectAsync("users", user, reconnect, reason, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owns)
        {
            _http.Dispose();
        }
    }

    private async Task<Position?> PublishAsync<T>(string target, string name, T data, ApiPublishOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var answer = await PostAsync("publish", json =>
        {
            json.WriteString(target, name);
            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, data, JsonSerializerOptions.Web);
            Write(json, options);
        }, cancellation).ConfigureAwait(false);
        return PositionOf(answer.RootElement);
    }

    private async Task<string> ScheduleAsync<T>(string target, string name, T data, DateTimeOffset at, ApiPublishOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var answer = await PostAsync("publish", json =>
        {
            json.WriteString(target, name);
            json.WritePropertyName("data");
            JsonSerializer.Serialize(json, data, JsonSerializerOptions.Web);
            json.WriteNumber("at", at.ToUnixTimeMilliseconds());
            Write(json, options);
        }, cancellation).ConfigureAwait(false);
        return answer.RootElement.GetProperty("schedule").GetString()!;
    }

    private static Position? PositionOf(JsonElement answer) =>
        answer.GetProperty("position").GetString() is { } text && Position.TryParse(text, out var position) ? position : null;

    private static void Write(Utf8JsonWriter json, ApiPublishOptions? options)
    {
        if (options?.IdempotencyKey is { } key)
        {
            json.WriteString("idempotencyKey", key);
        }

        if (options?.Expected is { } expected)
        {
            json.WriteString("expected", expected.ToString());
        }

        if (options?.TimeToLive is { } ttl)
        {
            json.WriteNumber("ttl", ttl.TotalSeconds);
        }

        if (options?.ExceptSession is { } session)
        {
            json.WriteString("exceptSession", session);
        }

        if (options?.Tags is { Count: > 0 } tags)
        {
            json.WriteStartObject("tags");
            foreach (var (tag, value) in tags)
            {
                json.WriteString(tag, value);
            }

            json.WriteEndObject();
        }
    }

    private async Task DisconnectAsync(string kind, string name, bool reconnect, string? reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var answer = await PostAsync($"{kind}/{Uri.EscapeDataString(name)}/disconnect", json =>
        {
            json.WriteBoolean("reconnect", reconnect);
            if (reason is not null)
            {
                json.WriteString("reason", reason);
            }
        }, cancellation).ConfigureAwait(false);
    }

    private async Task<JsonDocument> PostAsync(string path, Action<Utf8JsonWriter> write, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return await SendAsync(HttpMethod.Post, path, body.ToArray(), cancellation).ConfigureAwait(false);
    }

    private async Task<JsonDocument> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(_root, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (_key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            var text = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw Refusal((int)response.StatusCode, text);
        }
        catch (HttpRequestException fault)
        {
            throw new RealtimeException(new Fault(ErrorCodes.Unavailable, $"The server is not reached: {fault.Message}", Outcome.Unknown, null), fault);
        }
    }

    private static RealtimeException Refusal(int status, byte[] text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            var root = problem.RootElement;
            return new RealtimeException(
                root.GetProperty("code").GetString()!,
                root.GetProperty("detail").GetString()!,
                root.TryGetProperty("outcome", out _) ? Outcome.Unknown : Outcome.None,
                retryAfter: root.TryGetProperty("retryAfter", out var wait) ? TimeSpan.FromMilliseconds(wait.GetInt32()) : null);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new RealtimeException(new Fault(ErrorCodes.Internal, $"Something that is no Realtime server answered with status {status}.", Outcome.Unknown, null), fault);
        }
    }
}
