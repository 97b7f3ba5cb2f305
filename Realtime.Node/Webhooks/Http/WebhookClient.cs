using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Realtime.Node.Webhooks.Http;

/// <summary>Posts signed requests to one endpoint. Never throws but for a cancellation; says of what went wrong only what may be logged.</summary>
internal sealed class WebhookClient : IDisposable
{
    public const string HookHeader = "Realtime-Hook";
    public const string IdHeader = "Realtime-Id";
    public const string IdempotencyHeader = "Idempotency-Key";

    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(2);

    private readonly WebhookEndpoint _endpoint;
    private readonly CircuitBreakerStateProvider _breaker = new();
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    private WebhookClient(
        WebhookEndpoint endpoint,
        GuardedConnect connect,
        Func<WebhookEndpoint, CircuitBreakerStateProvider, TimeProvider, ResiliencePipeline<HttpResponseMessage>> pipeline,
        string version,
        TimeProvider time)
    {
        (_endpoint, _time) = (endpoint, time);

        // No proxy: it would connect by itself, and to whatever it finds under the name.
        var sockets = new SocketsHttpHandler
        {
            ConnectCallback = connect.ConnectAsync,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = ConnectionLife,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
        };
        var bounds = new AnswerBounds(endpoint.ResponseBytes) { InnerHandler = sockets };
        _http = new HttpClient(new ResilienceHandler(pipeline(endpoint, _breaker, time)) { InnerHandler = bounds }) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Realtime", version));
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>Whether it is not asked now, because it has failed too often.</summary>
    public bool IsBroken => _breaker.CircuitState is not (CircuitState.Closed or CircuitState.HalfOpen);

    public static WebhookClient OfDecisions(WebhookEndpoint endpoint, GuardedConnect connect, string version, TimeProvider time) =>
        new(endpoint, connect, WebhookPipeline.OfDecisions, version, time);

    public static WebhookClient OfEvents(WebhookEndpoint endpoint, GuardedConnect connect, string version, TimeProvider time) =>
        new(endpoint, connect, WebhookPipeline.OfEvents, version, time);

    public async Task<WebhookAnswer> PostAsync(WebhookRequest asked, CancellationToken cancellation)
    {
        using var request = Signed(asked);
        try
        {
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? new WebhookAnswer.Answered(await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false))
                : new WebhookAnswer.Failed(
                    WebhookFailure.Status, $"it answered with status {(int)response.StatusCode}", WasSent: true, (int)response.StatusCode, RetryAfter(response));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            return FailureOf(fault);
        }
    }

    public void Dispose() => _http.Dispose();

    private static WebhookAnswer.Failed FailureOf(Exception fault) => fault switch
    {
        BrokenCircuitException => new(WebhookFailure.Breaker, "it has failed too often lately", WasSent: false, RetryAfter: WebhookPipeline.Pause),
        RateLimiterRejectedException => new(WebhookFailure.Busy, "too many requests to it are under way", WasSent: false),
        TimeoutRejectedException or OperationCanceledException => new(WebhookFailure.Timeout, "it did not answer in time", WasSent: true),
        WebhookFaultException known => new(known.Failure, known.Message, known.Failure is not WebhookFailure.Address),
        HttpRequestException { InnerException: WebhookFaultException known } => new(known.Failure, known.Message, known.Failure is not WebhookFailure.Address),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new(WebhookFailure.Connection, "its host is not found", WasSent: false),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new(WebhookFailure.Connection, "no connection to it", WasSent: false),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new(WebhookFailure.Connection, "no secure connection to it", WasSent: false),
        _ => new(WebhookFailure.Connection, $"the connection to it broke ({fault.GetType().Name})", WasSent: true),
    };

    private HttpRequestMessage Signed(WebhookRequest asked)
    {
        var at = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, _endpoint.Url) { Content = new ReadOnlyMemoryContent(asked.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(HookHeader, asked.Hook);
        request.Headers.Add(IdHeader, asked.Id);
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(_endpoint.Secrets, at, asked.Body.Span));
        if (asked.IdempotencyKey is { } key)
        {
            request.Headers.Add(IdempotencyHeader, key);
        }

        return request;
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _time.GetUtcNow() => date - _time.GetUtcNow(),
        _ => null,
    };
}
