using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using Realtime.Bench.Load;

namespace Realtime.Bench.Churn;

/// <summary>Asks a lighthouse where sessions shall connect. Requests run beside the loop, which takes the answers when it comes round.</summary>
internal sealed class GatewayCalls(int port) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { Timeout = TimeSpan.FromSeconds(5) };
    private readonly ConcurrentQueue<Answer> _answers = new();

    public void Ask(FollowedSession session) => _ = AskAsync(session);

    public bool TryTake(out Answer answer) => _answers.TryDequeue(out answer);

    public void Dispose() => _http.Dispose();

    private async Task AskAsync(FollowedSession session)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/v1/gateway");
            if (session.Token is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await _http.SendAsync(request);
            if (response.IsSuccessStatusCode)
            {
                using var place = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
                var root = place.RootElement;
                _answers.Enqueue(new Answer(
                    session,
                    new Uri(root.GetProperty("url").GetString()!).Port,
                    root.TryGetProperty("ticket", out var ticket) ? ticket.GetString() : null,
                    root.GetProperty("notBefore").GetInt64() * LoadClock.Millisecond,
                    null));
            }
            else
            {
                var pause = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
                var said = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
                _answers.Enqueue(new Answer(session, 0, null, (long)(pause.TotalSeconds * LoadClock.Second), said));
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            _answers.Enqueue(new Answer(session, 0, null, LoadClock.Second, fault.Message));
        }
    }

    /// <param name="Port">0: it is to ask again, after <paramref name="Pause"/>.</param>
    internal readonly record struct Answer(FollowedSession Session, int Port, string? Ticket, long Pause, string? Fault);
}
